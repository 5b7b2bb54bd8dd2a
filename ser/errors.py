"""Errors that name the value, the rule it breaks and the next step."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ser.system.letters import shown
from ser.system.near import nearest, question


class SerError(ValueError):
    """Base of every error that a user can correct; entry points print it without a traceback."""

    def __str__(self) -> str:
        """Give the sentence, which may hold words of files, without what a terminal obeys."""
        return shown(super().__str__())


class AudioError(SerError):
    """An audio file is unreadable, empty, silent, truncated or not finite."""


class CorpusError(SerError):
    """A corpus on disk is absent, incomplete, or holds what its name scheme does not know."""


class FoldError(SerError):
    """A fold does not exist, or a split is impossible on this corpus."""


class LeakageError(FoldError):
    """Two sides of a split share what their regime forbids."""


class RunError(SerError):
    """A run folder holds something other than the run that was asked for."""


class DamageError(RunError):
    """A file of a run was cut, edited, lost, or belongs to something else."""


class StorageError(SerError):
    """A file or folder cannot be read or written: the disk is full, for example."""


class FailedError(SerError):
    """Some cells of a run or sweep failed; the others are finished."""


class TrainingError(SerError):
    """A training came to numbers that are not finite, or ended without weights."""


class TooLargeError(TrainingError):
    """A training does not fit the memory of its device."""


class ExportError(SerError):
    """A model has no such form, or would answer differently in it."""


class ConfigError(SerError):
    """A configuration value is not among the values that are allowed."""


NOTHING = "null"  # as a configuration spells None
SPACE = "free some space, or choose a folder on another disk"
RIGHTS = "get the right to write there, or choose another folder"
FILE = "a file lies where a folder belongs: move it away, or choose another folder"
REMEDIES: Mapping[int | None, str] = {
    errno.ENOSPC: SPACE,
    errno.EDQUOT: SPACE,
    errno.EFBIG: SPACE,
    errno.EACCES: RIGHTS,
    errno.EPERM: RIGHTS,
    errno.EROFS: RIGHTS,
    errno.ENOENT: "a folder of that path is missing or cannot be made: choose another",
    errno.ENOTDIR: FILE,
    errno.EEXIST: FILE,
    errno.EISDIR: "a folder lies where a file belongs: move it away",
    errno.ENOTEMPTY: "a folder lies where a file belongs: move it away",
    errno.ENAMETOOLONG: "choose a shorter name, or a folder further up",
    errno.EMFILE: "too many files are open: raise the limit (ulimit -n)",
}


@contextmanager
def storage_errors(path: Path | None = None) -> Iterator[None]:
    """Put what the operating system says within a block into a sentence.

    Args:
        path: What is read or written there; None takes what the error names.

    Raises:
        StorageError: If something cannot be read or written.
    """
    try:
        yield
    except OSError as error:
        raise storage_error(error, path) from error


def storage_error(error: OSError, path: Path | None = None) -> StorageError:
    """Put an error of the operating system into a sentence with a way out.

    Args:
        error: What the operating system said.
        path: What was to be read or written; None takes what the error names.
    """
    named = path or error.filename
    reason = error.strerror or str(error) or type(error).__name__
    remedy = REMEDIES.get(error.errno, "check that disk or connection")
    where = f"{os.fspath(named)} cannot be read or written" if named else "the system refused"
    return StorageError(f"{where} ({reason}): {remedy}, then start the same command again.")


def check_choice(name: str, value: object, allowed: Iterable[object]) -> None:
    """Refuse a value that is not among the allowed ones, and name the one that was likely meant.

    Args:
        name: What the value is for, such as the name of an argument.
        value: Value to check.
        allowed: Values that are allowed, in the order to list them.

    Raises:
        ConfigError: If ``value`` is not among ``allowed``.
    """
    choices = list(allowed)
    if value in choices:
        return
    listed = ", ".join(str(choice) for choice in choices if choice is not None)
    if None in choices:
        listed += f", or {NOTHING} (None in Python)"
    rule = f"choose one of {listed}" if len(choices) > 1 else f"the only choice is {listed}"
    raise ConfigError(f"{name}={value!r} is unknown{likely(value, choices)}; {rule}.")


def likely(value: object, choices: Iterable[object]) -> str:
    """Ask whether one of some choices was meant, as a part of a sentence; empty if none is near.

    Example:
        >>> likely("EmoDB", ["iemocap", "emodb"])
        " (did you mean 'emodb'?)"
    """
    meant = {str(choice): NOTHING if choice is None else str(choice) for choice in choices}
    return question(meant.get(nearest(str(value), meant), ""))


def mistake(error: BaseException | None) -> SerError | None:
    """Find the mistake that an error came from: Hydra wraps those that constructors find."""
    while error is not None and not isinstance(error, SerError):
        error = error.__cause__
    return error


def first_line(error: BaseException) -> str:
    """First line of what an error says, without its full stop; its type if it says nothing."""
    lines = filter(None, map(str.strip, str(error).splitlines()))
    return next(lines, type(error).__name__).rstrip(".")


def in_a_line(error: BaseException) -> str:
    """Type and first line of an error: PyTorch appends the stack of its C++ code."""
    first = str(error).partition("\n")[0]
    return f"{type(error).__name__}: {first}" if first else type(error).__name__

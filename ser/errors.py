"""Errors that name the value, the rule it breaks and the next step."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class SerError(ValueError):
    """Base of every error that a user can correct; entry points print it without a traceback."""


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


class FailedError(SerError):
    """Some cells of a run or sweep failed; the others are finished."""


class ConfigError(SerError):
    """A configuration value is not among the values that are allowed."""


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
    near = get_close_matches(str(value), [str(choice) for choice in choices], n=1)
    hint = f" (did you mean {near[0]!r}?)" if near else ""
    listed = ", ".join(str(choice) for choice in choices)
    raise ConfigError(f"{name}={value!r} is unknown{hint}; choose one of {listed}.")


def mistake(error: BaseException | None) -> SerError | None:
    """Find the mistake that an error came from: Hydra wraps those that constructors find."""
    while error is not None and not isinstance(error, SerError):
        error = error.__cause__
    return error


def in_a_line(error: BaseException) -> str:
    """Type and first line of an error: PyTorch appends the stack of its C++ code."""
    first = str(error).partition("\n")[0]
    return f"{type(error).__name__}: {first}" if first else type(error).__name__

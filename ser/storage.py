"""Where things are kept on disk: a folder there is whole or absent, whenever a process ends."""

from __future__ import annotations

import glob
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import platformdirs

from ser.errors import ConfigError, StorageError, storage_error
from ser.system.folders import remove, whole_folder
from ser.system.locks import HeldError, held
from ser.system.paths import expanded, not_known
from ser.system.streams import Lasting

PATIENCE = 6 * 3600.0  # s that another process may take, which extracts a large corpus
FOLDERS = "SER_CACHE names the folder of everything, data.cache of features, data.root of a corpus."


def cache_root(*parts: str) -> Path:
    """Folder of the cache: ``SER_CACHE``, or the user cache of the operating system."""
    given = os.environ.get("SER_CACHE") or platformdirs.user_cache_dir("ser")
    return place("SER_CACHE", given).joinpath(*parts)


def place(name: str, path: str | Path) -> Path:
    """Path of a folder to write to, with homes and variables put in.

    Args:
        name: Setting that holds the path.
        path: The path, which need not exist yet.

    Raises:
        ConfigError: If a home or a variable in it is not known.
    """
    found = expanded(path)
    if left := not_known(found):
        raise ConfigError(
            f"{name}={path}: {left} is not set or known here, and a folder of that name is not "
            "made; write the path out."
        )
    return found


@contextmanager
def usable(path: Path) -> Iterator[None]:
    """Make a sentence of what the disk refuses; what concerns other files or a network passes.

    Raises:
        StorageError: If the block fails to read or write at ``path``, beside it or above it.
    """
    try:
        yield
    except OSError as error:
        if isinstance(error, (ConnectionError, TimeoutError)) or _elsewhere(error, path):
            raise
        raise StorageError(f"{storage_error(error, path)} {FOLDERS}") from error


def _elsewhere(error: OSError, path: Path) -> bool:
    if not isinstance(error.filename, str):
        return False
    named, folder = Path(error.filename).absolute(), path.absolute().parent
    return not (named.is_relative_to(folder) or folder.is_relative_to(named))


@contextmanager
def locked(lock: Path) -> Iterator[None]:
    """Let one process at a time pass; the folder of the lock is made if it is absent.

    Whoever waits says for whom, on standard error.

    Raises:
        StorageError: If the lock cannot be taken, or is not given back within hours.
    """
    with ExitStack() as stack:
        with usable(lock):
            lock.parent.mkdir(parents=True, exist_ok=True)
            try:
                stack.enter_context(held(lock, _record(lock), PATIENCE, _say))
            except HeldError as error:
                raise StorageError(
                    f"{error}, and has been for {PATIENCE / 3600:.0f} hours: see what that process "
                    "is doing, or end it; then start the same command again."
                ) from error
        yield


def _record(lock: Path) -> Path:
    """File that says who holds a lock."""
    return lock.with_name(f"{lock.name}.lock")


def _say(line: str) -> None:
    Lasting(sys.stderr).write(f"{line}\n")


def _drafts_of(name: str) -> str:
    """Pattern of the drafts of a folder; those of a longer name do not fit it."""
    return f".{glob.escape(name)}-{'?' * 8}"


def sweep(root: Path) -> None:
    """Remove the drafts in a folder that no process holds the lock ``NAME.lock`` of any more."""
    for draft in root.glob(".*-????????"):
        lock = root / f"{draft.name[1:].rpartition('-')[0]}.lock"
        with suppress(OSError, HeldError), held(lock, _record(lock), 0):
            remove(draft)


@contextmanager
def written_whole(target: Path) -> Iterator[Path]:
    """Give an empty folder to fill; it becomes ``target`` only if the block ends well.

    Whoever calls it holds a lock of ``target``: drafts that a killed process left are removed,
    and so is what lies at ``target``.

    Raises:
        StorageError: If the disk is full or refuses to be written to.
    """
    with usable(target):
        for left in target.parent.glob(_drafts_of(target.name)):
            remove(left)
        with whole_folder(target) as draft:
            yield draft

"""The marker that makes a cell count, and says what its files held when it was finished."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from ser.errors import DamageError
from ser.runs.files import read_json, stamp, write_json
from ser.runs.layout import DONE, FACTS, FOLDS, IDENTITY, MODEL, PREDICTIONS, VALIDATION
from ser.system.digests import file_hash

TABLES = (PREDICTIONS, VALIDATION, FOLDS, FACTS)  # what figures are computed from
AGAIN = "start ser.train again to train this fold anew, or remove its folder"
AWAY = "move that run elsewhere, or restore the file from a copy"


def mark_done(folder: Path, recorded: Mapping[str, Any]) -> None:
    """Make a cell count, as one of the configuration that its run records.

    Args:
        folder: Folder of the cell, with all its files.
        recorded: Identity of the run.
    """
    files = digests(folder, (*TABLES, MODEL))
    write_json(folder / DONE, {"config": digest(recorded), "files": files})


def digests(folder: Path, names: tuple[str, ...]) -> dict[str, str]:
    """SHA-256 of those files that a folder has."""
    paths = {name: folder / name for name in names}
    return {name: _digest(path) for name, path in paths.items() if path.exists()}


def read_marker(path: Path) -> tuple[str, dict[str, str] | None]:
    """Digest of the configuration, and those of the files; earlier versions have none of files.

    Args:
        path: ``done`` of a cell, or ``cells.json`` of kept evidence.

    Raises:
        DamageError: If it is no marker.
    """
    mark = read_json(path)
    if isinstance(mark, dict) and isinstance(mark.get("config"), str):
        files = mark.get("files")
        if files is None or (isinstance(files, dict) and files.keys() >= {PREDICTIONS}):
            return mark["config"], files
    raise DamageError(f"{path} was edited: it does not say what was finished")


def model_damage(path: Path) -> str:
    """What is wrong with the model file of a finished cell; empty if nothing is known to be.

    A model that was removed is missed by whoever loads it, and by no figure.

    Args:
        path: Path of the file, anywhere.
    """
    try:
        _, files = read_marker(path.parent / DONE)
        known = (files or {}).get(path.name)
        if known is None or not path.exists() or _digest(path) == known:
            return ""
    except DamageError:  # no marker to compare with
        return ""
    return f"{path} was changed since the training wrote it; {AGAIN}."


def read_identity(run: Path) -> dict[str, Any]:
    """What decides the figures of a run, as dotted keys.

    Raises:
        DamageError: If it is missing or damaged.
    """
    path = run / IDENTITY
    return dict(_read_settings(path, stamp(path)))


@lru_cache(maxsize=64)
def _read_settings(path: Path, _stamp: tuple[int, ...]) -> dict[str, Any]:
    try:
        content = read_json(path)
    except DamageError as error:
        raise DamageError(f"{error}; {AWAY}.") from error
    if isinstance(content, dict) and content:
        return content
    raise DamageError(f"{path} was edited: it holds no settings; {AWAY}.")


def digest(content: Any) -> str:
    """Short SHA-256 of what JSON can hold, such as an identity as it stands."""
    return sha256(json.dumps(content, sort_keys=True).encode())[:16]


def _digest(path: Path) -> str:
    """SHA-256 of a file of any size, as models are."""
    try:
        return file_hash(path)
    except OSError as error:
        raise DamageError(f"{path} cannot be read ({error.strerror})") from error


def sha256(content: bytes) -> str:
    """SHA-256 of what a file holds, in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()

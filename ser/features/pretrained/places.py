"""Where pretrained weights lie. They are known by their SHA-256, wherever that is."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import torch

from ser.errors import ConfigError
from ser.features.limits import require
from ser.system.digests import file_hash
from ser.system.paths import expanded

VARIABLE = "SER_WEIGHTS"
DIGEST = re.compile(r"[0-9a-f]{64}")
IN_FOLDERS = ("*.safetensors", "model.bin")  # of Hugging Face, and of CTranslate2


@dataclass(frozen=True)
class Weights:
    """Weights on this machine.

    Args:
        files: One file, or the parts of weights that lie in several.
        digest: SHA-256 of the file; of several, of their digests in the order of their names.
    """

    files: tuple[Path, ...]
    digest: str


def find_weights(
    given: str | None, usual: Sequence[Path], fetch: Callable[[], Path], remedy: str
) -> Weights:
    """Find the weights that a setting names.

    Args:
        given: A file, a folder, or a SHA-256 as model files have it; None takes the usual ones.
        usual: Where they lie if they were installed or downloaded before.
        fetch: Gets them where they do not.
        remedy: How to get them by hand, as the end of a sentence.

    Raises:
        ConfigError: If they are absent, or no such folder or file is there.
    """
    if given is None:
        return weights_at(usual[0] if usual else fetch())
    if not DIGEST.fullmatch(given):
        return weights_at(expanded(given))
    for path in (*usual, *_listed()):
        if files_of(path) and (found := weights_at(path)).digest == given:
            return found
    raise ConfigError(
        f"the weights of the encoder, SHA-256 {given}, are not on this machine{_in_vain()}; copy "
        f"them here and set {VARIABLE} to their file or folder, or {remedy}."
    )


def weights_at(path: Path) -> Weights:
    """Look at the weights in a file or folder.

    Raises:
        ConfigError: If there are none.
    """
    files = files_of(path)
    require(
        bool(files),
        f"weights={path} is neither a file nor a folder with *.safetensors or model.bin; name one "
        "that is, or leave it out to take the usual weights.",
    )
    try:
        return Weights(files, digest_of(files))
    except OSError as error:
        raise ConfigError(
            f"weights={path} cannot be read ({error.strerror}); check who may read it."
        ) from error


def files_of(path: Path) -> tuple[Path, ...]:
    """Files that hold the weights at a path; none if there are no weights."""
    if path.is_file():
        return (path,)
    found = (tuple(sorted(path.glob(pattern))) for pattern in IN_FOLDERS)
    return next(filter(None, found), ())


def digest_of(files: Sequence[Path]) -> str:
    """SHA-256 of weights, as ``Weights`` has it."""
    digests = [_remembered(path, *_state(path)) for path in files]
    if len(digests) == 1:
        return digests[0]
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()


def download(url: str, remedy: str, digest: str | None = None) -> Path:
    """Download a file to where ``torch.hub`` keeps weights, whole or not at all.

    Args:
        url: Address, whose last word names the file.
        remedy: How to do without, as the end of a sentence.
        digest: Its SHA-256, which it is compared with.

    Raises:
        ConfigError: If that fails.
    """
    path = downloaded(url)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        torch.hub.download_url_to_file(url, str(path), hash_prefix=digest)
    except (OSError, RuntimeError) as error:
        raise ConfigError(
            f"no weights are installed, and {url} cannot be downloaded "
            f"({str(error).rstrip('.')}); {remedy}, or pass features.weights=FILE."
        ) from error
    return path


def downloaded(url: str) -> Path:
    """Where ``download`` puts what it gets from an address."""
    return Path(torch.hub.get_dir(), "checkpoints", url.rpartition("/")[2])


def _named() -> list[Path]:
    """What ``SER_WEIGHTS`` names."""
    words = os.environ.get(VARIABLE, "").split(os.pathsep)
    return [expanded(word) for word in words if word]


def _listed() -> Iterator[Path]:
    """What ``SER_WEIGHTS`` names, and what lies in the folders that it names."""
    for path in _named():
        yield path
        if path.is_dir():
            yield from sorted(path.iterdir())


def _in_vain() -> str:
    """What of ``SER_WEIGHTS`` was of no help; empty where it is not set."""
    named = _named()
    for path in named:
        if not path.exists():
            return f", and {VARIABLE} names {path}, which does not exist"
    where = os.pathsep.join(map(str, named))
    return f", nor in {where}, which {VARIABLE} names" if named else ""


def _state(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns


@lru_cache(maxsize=256)
def _remembered(path: Path, size: int, modified: int) -> str:
    """Digest of a file; a sweep builds the front end anew for each of its jobs."""
    return file_hash(path)

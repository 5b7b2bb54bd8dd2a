"""Where things are kept on disk, and how an archive gets there: resumed, and never in halves."""

from __future__ import annotations

import hashlib
import http.client
import os
import shutil
import tempfile
import urllib.error
import urllib.request
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

import platformdirs
from filelock import FileLock

from ser.errors import CorpusError

CHUNK = 1 << 20


def cache_root(*parts: str) -> Path:
    """Folder of the cache: ``SER_CACHE``, or the user cache of the operating system."""
    return Path(os.environ.get("SER_CACHE") or platformdirs.user_cache_dir("ser")).joinpath(*parts)


def file_hash(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


@contextmanager
def written_whole(target: Path) -> Iterator[Path]:
    """Give an empty folder to fill; it becomes ``target`` only if the block ends well."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        yield draft
        draft.chmod(0o755)
        draft.replace(target)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def fetch(url: str, target: Path) -> Path:
    """Download a file; a broken download goes on where it stopped.

    Args:
        url: What to download.
        target: Where to put it; ``target`` appears only when it is whole.

    Raises:
        OSError: If the server cannot be reached or breaks off; the part fetched is kept.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url, headers={"Range": f"bytes={have}-"} if have else {})
    try:
        with urllib.request.urlopen(request, timeout=30) as reply:
            resumed = reply.status == HTTPStatus.PARTIAL_CONTENT
            with part.open("ab" if resumed else "wb") as file:
                shutil.copyfileobj(reply, file, CHUNK)
            _check_length(part, reply.headers.get("Content-Length"), have if resumed else 0)
    except urllib.error.HTTPError as error:
        if error.code != HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            raise
    except http.client.HTTPException as error:  # which, unlike URLError, is no OSError
        raise ConnectionError(f"{url} breaks off or does not speak HTTP ({error!r})") from error
    part.replace(target)
    return target


def _check_length(part: Path, expected: str | None, have: int) -> None:
    if expected is not None and part.stat().st_size != have + int(expected):
        raise ConnectionError(f"{part} holds {part.stat().st_size - have} of {expected} bytes sent")


def install_archive(url: str, root: Path, check: Callable[[Path], None]) -> None:
    """Download a zip archive and unpack it as ``root``, once ``check`` accepts what it holds.

    Of several processes that want it at once one downloads and the others wait.

    Args:
        url: Zip archive.
        root: Folder that the archive becomes.
        check: Raises if the unpacked folder is not what it should be.

    Raises:
        CorpusError: If what arrived is not a zip archive or fails ``check``.
        OSError: If the download fails.
    """
    root.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(root.with_name(f".{root.name}.lock")):
        if not root.exists():
            _unpack(url, fetch(url, root.with_suffix(".zip")), root, check)


def _unpack(url: str, archive: Path, root: Path, check: Callable[[Path], None]) -> None:
    try:
        with written_whole(root) as draft:
            with zipfile.ZipFile(archive) as packed:
                packed.extractall(draft)
            check(draft)
    except (zipfile.BadZipFile, zlib.error, CorpusError) as error:
        raise CorpusError(f"{url} is not the archive it should be: {error}") from error
    finally:
        archive.unlink(missing_ok=True)

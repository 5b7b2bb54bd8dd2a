"""How an archive gets on the disk: resumed where it broke off, and never in halves."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
import zipfile
import zlib
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import IO

from ser.corpora.cache import locked, usable, written_whole
from ser.errors import CorpusError
from ser.system.digests import CHUNK


def fetch(url: str, target: Path) -> Path:
    """Download a file; a broken download goes on where it stopped.

    Args:
        url: What to download.
        target: Where to put it; ``target`` appears only when it is whole.

    Raises:
        OSError: If the server cannot be reached or breaks off; the part fetched is kept.
        StorageError: If the disk refuses to be written to.
    """
    part = target.with_name(target.name + ".part")
    with usable(part):
        target.parent.mkdir(parents=True, exist_ok=True)
        have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url, headers={"Range": f"bytes={have}-"} if have else {})
    try:
        with urllib.request.urlopen(request, timeout=30) as reply:
            resumed = reply.status == HTTPStatus.PARTIAL_CONTENT
            with usable(part), part.open("ab" if resumed else "wb") as file:
                for chunk in _received(reply, url):
                    file.write(chunk)
            _check_length(part, reply.headers.get("Content-Length"), have if resumed else 0)
    except urllib.error.HTTPError as error:
        if error.code != HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            raise
    except http.client.HTTPException as error:  # which, unlike URLError, is no OSError
        raise ConnectionError(f"{url} breaks off or does not speak HTTP ({error!r})") from error
    part.replace(target)
    return target


def _received(reply: IO[bytes], url: str) -> Iterator[bytes]:
    """Yield what arrives; any failure on the way is one of the connection, not of the disk."""
    try:
        while chunk := reply.read(CHUNK):
            yield chunk
    except OSError as error:
        raise ConnectionError(f"{url} breaks off ({error})") from error


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
        StorageError: If the disk refuses to be written to.
        OSError: If the download fails.
    """
    with locked(root.with_name(f".{root.name}.lock")):
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

"""How an archive gets on the disk: resumed where it broke off, and never in halves."""

from __future__ import annotations

import http.client
import lzma
import time
import urllib.error
import urllib.request
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from http import HTTPStatus
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any

from ser.errors import CorpusError, StorageError
from ser.storage import locked, usable, written_whole
from ser.system.counted import counted
from ser.system.digests import CHUNK

# What zipfile raises for what it cannot unpack: a password, a method of compression, damage.
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    RuntimeError,
    ValueError,  # a name, or CorpusError
)
PATIENCE, SLOWEST = 60.0, 1000.0  # s, after which a server has to send so many bytes a second
SILENCE, ANSWER = 30.0, 60.0  # s without a byte, and until the headers are whole
LARGEST = 2**31  # bytes of an archive, and of what it unpacks to: EmoDB has 50 MB
MOST = 100_000  # files of an archive


def fetch(url: str, target: Path) -> Path:
    """Download a file; a broken download goes on where it stopped.

    Args:
        url: What to download.
        target: Where to put it; ``target`` appears only when it is whole.

    Raises:
        OSError: If the server cannot be reached, breaks off, or sends too slowly or too much; the
            part fetched is kept.
        StorageError: If the disk refuses to be written to.
    """
    part = target.with_name(target.name + ".part")
    with usable(part):
        target.parent.mkdir(parents=True, exist_ok=True)
        have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url, headers={"Range": f"bytes={have}-"} if have else {})
    try:
        with _answered(request, url) as reply:
            resumed = reply.status == HTTPStatus.PARTIAL_CONTENT
            with usable(part), part.open("ab" if resumed else "wb") as file:
                for chunk in _received(reply, url):
                    file.write(chunk)
                    _refuse_more(url, file.tell())
            _check_length(part, reply.headers.get("Content-Length"), have if resumed else 0)
    except urllib.error.HTTPError as error:
        if error.code != HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            raise
    except http.client.HTTPException as error:  # which, unlike URLError, is no OSError
        raise ConnectionError(f"{url} breaks off or does not speak HTTP ({error!r})") from error
    part.replace(target)
    return target


def _answered(request: urllib.request.Request, url: str) -> Any:
    """Open a connection; whoever answers letter by letter is not waited for."""
    answers: Queue[Any] = Queue()

    def ask() -> None:
        try:
            answers.put(urllib.request.urlopen(request, timeout=SILENCE))
        except Exception as error:  # raised where it is waited for
            answers.put(error)

    Thread(target=ask, name="download", daemon=True).start()
    try:
        answer = answers.get(timeout=ANSWER)
    except Empty as error:
        raise ConnectionError(f"{url} does not answer within {ANSWER:.0f} s") from error
    if isinstance(answer, Exception):
        raise answer
    return answer


def _received(reply: http.client.HTTPResponse, url: str) -> Iterator[bytes]:
    """Yield what arrives; any failure on the way is one of the connection, not of the disk."""
    begin, have = time.monotonic(), 0
    try:
        while chunk := reply.read1(CHUNK):
            yield chunk
            have += len(chunk)
            seconds = time.monotonic() - begin
            if seconds > PATIENCE and have < SLOWEST * seconds:
                raise ConnectionError(f"{have} bytes in {seconds:.0f} s, too few to go on")
    except OSError as error:
        raise ConnectionError(f"{url} breaks off ({error})") from error


def _refuse_more(url: str, size: int) -> None:
    if size > LARGEST:
        raise ConnectionError(f"{url} sends more than {LARGEST >> 20} MB, which no corpus here has")


def _check_length(part: Path, expected: str | None, have: int) -> None:
    if (
        expected is not None
        and expected.isdecimal()
        and part.stat().st_size != have + int(expected)
    ):
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
                _refuse_members(packed.infolist())
                packed.extractall(draft)  # no member gets out of the folder, or is made a link
            check(draft)
    except StorageError:
        raise
    except DAMAGED as error:
        raise CorpusError(f"{url} is not the archive it should be: {error}") from error
    finally:
        archive.unlink(missing_ok=True)


def _refuse_members(members: Sequence[zipfile.ZipInfo]) -> None:
    """Refuse an archive that would fill the disk; zipfile unpacks no more than each member says."""
    size = sum(member.file_size for member in members)
    if size > LARGEST or len(members) > MOST:
        raise CorpusError(f"it would unpack to {counted(len(members), 'file')} of {size >> 20} MB")

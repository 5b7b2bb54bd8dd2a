"""Downloads: resumed where they stopped, and a corpus appears whole or not at all."""

from __future__ import annotations

import errno
import io
import threading
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from ser.corpora import download
from ser.corpora.download import fetch, install_archive
from ser.errors import CorpusError, StorageError
from ser.storage import written_whole


class Server(ThreadingHTTPServer):
    """Serve ``body`` on every path; the next reply stops after ``cut`` bytes, if it is set."""

    def __init__(self, ranges: bool = True) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.body = b""
        self.cut: int | None = None
        self.ranges = ranges
        self.asked: list[str | None] = []
        self.piece = 1

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/archive.zip"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        asked = self.headers["Range"]
        self.server.asked.append(asked)
        start = int(asked[6:-1]) if asked and self.server.ranges else 0
        rest = self.server.body[start:]
        if start and not rest:
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        self.wfile.write(rest[: self.server.cut])
        self.server.cut = None

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def noise() -> bytes:
    """More bytes than a socket buffers."""
    return np.random.default_rng(0).bytes(3_000_000)


def packed(**files: str) -> bytes:
    """Zip files of the given content, ``name=text``."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(f"wav/{name}.wav", text)
    return buffer.getvalue()


def wants_speech(root: Path) -> None:
    if (root / "wav" / "speech.wav").read_text() != "speech":
        raise CorpusError("speech.wav differs")


def test_download_is_byte_equal(server: Server, noise: bytes, tmp_path: Path) -> None:
    server.body = noise
    assert fetch(server.url, tmp_path / "new" / "file").read_bytes() == noise


def test_cut_download_is_an_error_and_no_file(server: Server, noise: bytes, tmp_path: Path) -> None:
    server.body, server.cut = noise, 1_000_000
    with pytest.raises(OSError, match="1000000 of 3000000"):
        fetch(server.url, tmp_path / "file")
    assert not (tmp_path / "file").exists()


def test_cut_download_goes_on_where_it_stopped(
    server: Server, noise: bytes, tmp_path: Path
) -> None:
    server.body, server.cut = noise, 1_000_000
    with pytest.raises(OSError, match="bytes"):
        fetch(server.url, tmp_path / "file")
    assert fetch(server.url, tmp_path / "file").read_bytes() == noise
    assert server.asked == [None, "bytes=1000000-"]


def test_server_without_ranges_sends_the_whole_again(
    server: Server, noise: bytes, tmp_path: Path
) -> None:
    server.body, server.ranges = noise, False
    (tmp_path / "file.part").write_bytes(noise[:1000])
    assert fetch(server.url, tmp_path / "file").read_bytes() == noise


def test_part_that_is_already_whole_becomes_the_file(
    server: Server, noise: bytes, tmp_path: Path
) -> None:
    server.body = noise
    (tmp_path / "file.part").write_bytes(noise)
    assert fetch(server.url, tmp_path / "file").read_bytes() == noise


def test_archive_becomes_the_root_and_leaves_nothing_beside_it(
    server: Server, tmp_path: Path
) -> None:
    server.body = packed(speech="speech")
    install_archive(server.url, tmp_path / "corpora" / "corpus", wants_speech)
    files = [p for p in (tmp_path / "corpora").rglob("*") if p.is_file() and p.suffix != ".lock"]
    assert files == [tmp_path / "corpora" / "corpus" / "wav" / "speech.wav"]


@pytest.mark.parametrize(
    "body",
    [packed(speech="spoken"), b"<html>moved</html>", packed(speech="speech")[:-30]],
    ids=["wrong file", "no archive", "cut archive"],
)
def test_wrong_archive_is_an_error_and_leaves_nothing(
    body: bytes, server: Server, tmp_path: Path
) -> None:
    server.body = body
    with pytest.raises(CorpusError, match="is not the archive it should be"):
        install_archive(server.url, tmp_path / "corpus", wants_speech)
    assert [p.name for p in tmp_path.iterdir() if p.suffix != ".lock"] == []


def test_archive_damaged_inside_is_an_error_and_leaves_nothing(
    server: Server, tmp_path: Path
) -> None:
    damaged = bytearray(packed(speech="speech" * 1000))
    start = 30 + len("wav/speech.wav")
    damaged[start : start + 4] = b"\xff" * 4  # the compressed stream itself
    server.body = bytes(damaged)
    with pytest.raises(CorpusError, match="is not the archive it should be"):
        install_archive(server.url, tmp_path / "corpus", wants_speech)
    assert not (tmp_path / "corpus").exists()


def test_right_archive_is_installed_after_a_wrong_one(server: Server, tmp_path: Path) -> None:
    server.body = packed(speech="spoken")
    with pytest.raises(CorpusError):
        install_archive(server.url, tmp_path / "corpus", wants_speech)
    server.body = packed(speech="speech")
    install_archive(server.url, tmp_path / "corpus", wants_speech)
    wants_speech(tmp_path / "corpus")


def test_archive_wanted_by_several_at_once_is_downloaded_once(
    server: Server, tmp_path: Path
) -> None:
    server.body = packed(speech="speech")
    with ThreadPoolExecutor(4) as pool:
        jobs = [
            pool.submit(install_archive, server.url, tmp_path / "corpus", wants_speech)
            for _ in range(4)
        ]
    assert [job.exception() for job in jobs] == [None] * 4
    assert len(server.asked) == 1


def test_reply_that_is_not_http_is_an_os_error(tmp_path: Path) -> None:
    class Babble(BaseHTTPRequestHandler):
        def handle(self) -> None:
            self.rfile.readline()
            self.wfile.write(b"220 mail.example ready\r\n")

    with ThreadingHTTPServer(("127.0.0.1", 0), Babble) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            with pytest.raises(OSError, match="220 mail"):
                fetch(f"http://127.0.0.1:{server.server_port}/", tmp_path / "file")
        finally:
            server.shutdown()
            thread.join()


def fail_midway(target: Path) -> None:
    with written_whole(target) as draft:
        (draft / "half").touch()
        raise CorpusError("midway")


def test_folder_of_a_failed_block_never_appears(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="midway"):
        fail_midway(tmp_path / "target")
    assert list(tmp_path.iterdir()) == []


class Endless(Handler):
    """Send small pieces until nobody listens."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        with suppress(OSError):
            while True:
                self.wfile.write(b"x" * self.server.piece)


@pytest.fixture
def endless(server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    monkeypatch.setattr(server, "RequestHandlerClass", Endless)
    return server


def test_download_without_an_end_ends(
    endless: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "LARGEST", 2**20)
    endless.piece = 2**16
    with pytest.raises(ConnectionError, match="sends more than 1 MB"):
        fetch(endless.url, tmp_path / "file")


def test_download_of_a_few_bytes_a_second_ends_and_is_kept(
    endless: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "PATIENCE", 0.0)
    monkeypatch.setattr(download, "SLOWEST", 1e12)
    endless.piece = 1
    with pytest.raises(ConnectionError, match=r"breaks off \(.* bytes in 0 s"):
        fetch(endless.url, tmp_path / "file")
    assert (tmp_path / "file.part").stat().st_size > 0


class Stammering(Handler):
    """Send the headers letter by letter."""

    def do_GET(self) -> None:
        with suppress(OSError):
            for letter in b"HTTP/1.0 200 OK\r\nContent-Length: 10\r\n" * 10:
                self.wfile.write(bytes([letter]))
                self.server.gone.wait(0.05)
                if self.server.gone.is_set():
                    return


def test_headers_that_never_end_are_not_waited_for(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "RequestHandlerClass", Stammering)
    monkeypatch.setattr(server, "gone", threading.Event(), raising=False)
    monkeypatch.setattr(download, "ANSWER", 0.2)
    with pytest.raises(ConnectionError, match="does not answer within 0 s"):
        fetch(server.url, tmp_path / "file")
    server.gone.set()


class Redirecting(Handler):
    """Send everybody to where they come from."""

    def do_GET(self) -> None:
        self.send_response(302)
        self.send_header("Location", self.path)
        self.send_header("Content-Length", "no number")
        self.end_headers()


def test_redirection_without_an_end_ends(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "RequestHandlerClass", Redirecting)
    with pytest.raises(OSError, match="infinite loop"):
        fetch(server.url, tmp_path / "file")


def of_members(**sizes: int) -> bytes:
    """Zip archive whose members unpack to so many zeros."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, size in sizes.items():
            archive.writestr(name, bytes(size))
    return buffer.getvalue()


def with_password() -> bytes:
    content = bytearray(packed(speech="speech"))
    for magic, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(magic) + flags] |= 1
    return bytes(content)


def of_unknown_compression() -> bytes:
    content = bytearray(packed(speech="speech"))
    for magic, method in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        content[content.index(magic) + method] = 99
    return bytes(content)


HOSTILE = {
    "bomb": (of_members(a=2**20), "would unpack to 1 file of 1 MB"),
    "members": (of_members(a=0, b=0, c=0), "would unpack to 3 files"),
    "password": (with_password(), "password required"),
    "compression": (of_unknown_compression(), "compression"),
    "login page": (b"<html>Please log in</html>", "not a zip file"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_archive_is_refused_and_leaves_nothing(
    name: str, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.body, message = HOSTILE[name]
    monkeypatch.setattr(download, "LARGEST", 2**20 - 1)
    monkeypatch.setattr(download, "MOST", 2)
    with pytest.raises(CorpusError, match=message) as error:
        install_archive(server.url, tmp_path / "corpus", wants_speech)
    assert server.url in str(error.value)
    assert [p.name for p in tmp_path.iterdir() if p.suffix != ".lock"] == []


def test_members_of_an_archive_stay_in_its_folder(server: Server, tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("wav/speech.wav", "speech")
        archive.writestr("../../out.txt", "x")
        archive.writestr("/root.txt", "x")
        link = zipfile.ZipInfo("wav/link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    server.body = buffer.getvalue()
    root = tmp_path / "deep" / "corpora" / "corpus"
    install_archive(server.url, root, wants_speech)
    files = [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".lock"]
    assert all(root in path.parents for path in files)
    assert not (root / "wav" / "link").is_symlink()


def test_full_disk_is_not_blamed_on_the_archive(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    server.body = packed(speech="speech")
    monkeypatch.setattr(zipfile.ZipFile, "extractall", full)
    with pytest.raises(StorageError, match="No space left"):
        install_archive(server.url, tmp_path / "corpus", wants_speech)

"""The server of the page, for this machine alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any

import soundfile
import torch

from ser.errors import ConfigError, SerError
from ser.inference.app.answers import TooLongError, answer
from ser.inference.exporting.parity import probes
from ser.inference.predictor import Predictor

HOME = "127.0.0.1"
NAMES = (HOME, "localhost")
LARGEST = 30 * 2**20  # bytes of a sound: two minutes of stereo at 48 kHz and 16 bits, and some
PATIENCE = 30.0  # s that a browser may be silent
FILES = {
    "/": ("page.html", "text/html; charset=utf-8"),
    "/page.css": ("page.css", "text/css; charset=utf-8"),
    "/page.js": ("page.js", "text/javascript; charset=utf-8"),
}
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; media-src 'self' blob:; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class Server(ThreadingHTTPServer):
    """Serves the page to browsers on this machine.

    Args:
        models: The models by their names on the page.
        port: Where; 0 takes one that is free.

    Raises:
        ConfigError: If somebody else listens there.
    """

    daemon_threads = True

    def __init__(self, models: Mapping[str, Predictor], port: int) -> None:
        self.models, self.lock = models, Lock()
        try:
            super().__init__((HOME, port), _Handler)
        except (OSError, OverflowError) as error:
            raise ConfigError(
                f"port={port} cannot be used ({error}); choose another, such as port=8001."
            ) from error

    @property
    def address(self) -> str:
        """What to type into a browser."""
        return f"http://{HOME}:{self.server_port}/"


class _Handler(BaseHTTPRequestHandler):
    server: Server
    timeout = PATIENCE

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if not self._is_at_home():
            return
        if path in FILES:
            name, kind = FILES[path]
            self._send(HTTPStatus.OK, (Path(__file__).parent / name).read_bytes(), kind)
        elif path == "/example.wav":
            self._send(HTTPStatus.OK, _example(), "audio/wav")
        elif path == "/models":
            self._send_json(HTTPStatus.OK, _described(self.server.models))
        else:
            self._refuse(HTTPStatus.NOT_FOUND, "there is no such page.")

    def do_POST(self) -> None:
        if not self._is_at_home():
            return
        if self.path != "/judge":
            self._refuse(HTTPStatus.NOT_FOUND, "there is no such page.")
        elif (size := self._size()) is None:
            self._refuse(HTTPStatus.LENGTH_REQUIRED, "the request does not say how long it is.")
        elif size > LARGEST:
            self._refuse(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"the file has {size / 2**20:.0f} MB, and this page takes {LARGEST >> 20} MB; cut "
                "it, or use ser.predict.",
            )
        else:
            self._judge(self.rfile.read(size))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Say nothing: a terminal is no place for every request."""

    def _judge(self, sound: bytes) -> None:
        try:
            with self.server.lock:  # two at once would only wait for each other
                found = answer(self.server.models, sound)
        except TooLongError as error:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, str(error))
        except SerError as error:
            self._refuse(HTTPStatus.UNPROCESSABLE_ENTITY, str(error))
        else:
            self._send_json(HTTPStatus.OK, found)

    def _is_at_home(self) -> bool:
        """Refuse what a page from elsewhere asks for through somebody's browser."""
        port = self.server.server_port
        homes = {f"{name}:{port}" for name in NAMES}
        origin = self.headers.get("Origin")
        if self.headers.get("Host") in homes and origin in (None, *(f"http://{h}" for h in homes)):
            return True
        self._refuse(HTTPStatus.FORBIDDEN, "this page is for browsers on its own machine alone.")
        return False

    def _size(self) -> int | None:
        size = self.headers.get("Content-Length", "")
        return int(size) if size.isascii() and size.isdigit() else None

    def _refuse(self, status: HTTPStatus, sentence: str) -> None:
        self.close_connection = True  # what was not read of the request is no next one
        self._send_json(status, {"error": sentence[:1].upper() + sentence[1:]})

    def _send_json(self, status: HTTPStatus, content: Any) -> None:
        self._send(status, json.dumps(content).encode(), "application/json")

    def _send(self, status: HTTPStatus, content: bytes, kind: str) -> None:
        self.send_response(status)
        for name, value in {**HEADERS, "Content-Type": kind}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _described(models: Mapping[str, Predictor]) -> list[dict[str, Any]]:
    return [
        {"name": name, "labels": list(model.labels), "alarms": list(model.alarms)}
        for name, model in models.items()
    ]


@lru_cache(maxsize=1)
def _example() -> bytes:
    """A sound that a program made, to try the page with."""
    sounds = list(probes(16_000, 1024))
    file = BytesIO()
    soundfile.write(file, torch.cat(sounds[1:]).numpy(), 16_000, format="WAV", subtype="PCM_16")
    return file.getvalue()

"""A browser that is driven over a pipe, by the DevTools protocol."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
PATIENCE = 90.0  # s
OPTIONS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run")


class Browser:
    """A page of a browser.

    Args:
        commands: Where commands are written to.
        replies: Where its answers come from.
    """

    def __init__(self, commands: int, replies: int) -> None:
        self.commands, self.replies, self.numbers = commands, replies, itertools.count(1)
        self.rest, self.session = b"", ""

    def open(self, address: str) -> None:
        """Open a page in a new tab."""
        target = self.ask("Target.createTarget", url=address)["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    def value(self, expression: str) -> Any:
        """Value of an expression of JavaScript in the page."""
        found = self.ask("Runtime.evaluate", expression=expression, returnByValue=True)
        return found["result"].get("value")

    def wait_for(self, expression: str) -> None:
        """Wait until an expression is true."""
        end = time.monotonic() + PATIENCE
        while not self.value(expression):
            assert time.monotonic() < end, f"{expression}: {self.value('document.body.innerText')}"
            time.sleep(0.1)

    def ask(self, method: str, **arguments: Any) -> Any:
        """Send a command and give its result; what the browser says by itself is not heard."""
        number = next(self.numbers)
        command = {"id": number, "method": method, "params": arguments}
        if self.session:
            command["sessionId"] = self.session
        os.write(self.commands, json.dumps(command).encode() + b"\0")
        while (reply := self._next()).get("id") != number:
            continue
        return reply["result"]

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self.rest:
            some = os.read(self.replies, 65_536)
            assert some, "the browser has ended"
            self.rest += some
        line, _, self.rest = self.rest.partition(b"\0")
        found: dict[str, Any] = json.loads(line)
        return found


@contextmanager
def browser(folder: Path, *options: str) -> Iterator[Browser]:
    """Start a browser, and end it.

    Args:
        folder: Of its settings.
        options: What it is started with.
    """
    (read, commands), (replies, write) = os.pipe(), os.pipe()
    ours = {"user-data-dir": folder, "remote-debugging-pipe": ""}
    words = [f"--{key}={value}".removesuffix("=") for key, value in ours.items()]
    line = 'exec 3<&"$1" 4>&"$2"; shift 2; exec "$@"'  # it reads from 3 and writes to 4
    command = ["bash", "-c", line, "bash", str(read), str(write), CHROMIUM, *OPTIONS, *words]
    process = subprocess.Popen(
        [*map(str, command), *options], pass_fds=(read, write), stderr=subprocess.DEVNULL
    )
    os.close(read)
    os.close(write)
    try:
        yield Browser(commands, replies)
    finally:
        process.terminate()
        process.wait(20)
        os.close(commands)
        os.close(replies)

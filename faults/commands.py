"""Start the commands of ``ser`` many times: everything is imported once, and each try is a fork."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import IO

from faults.fault import PromiseError, check_sentence

PATIENCE = 120.0  # s, after which a command hangs


@dataclass(frozen=True)
class Ended:
    """How a command ended.

    Args:
        code: Its exit status; negative if a signal ended it.
        out: What it printed.
        err: What it said on standard error.
    """

    code: int
    out: str
    err: str

    def succeeded(self) -> Ended:
        """Refuse any other end than a good one."""
        if self.code != 0:
            raise PromiseError(f"ended with {self.code}: {self.err[-800:]}")
        return self

    def refused(self, *words: str) -> Ended:
        """Refuse any other end than one sentence that names ``words``."""
        if self.code == 0:
            raise PromiseError(f"it passed: {self.out[-300:]}")
        check_sentence(self.err, *words)
        return self


def run(
    door: str,
    words: Sequence[str],
    *,
    before: Callable[[], None] | None = None,
    kill_after: float | None = None,
    patience: float = PATIENCE,
) -> Ended:
    """Run ``python -m ser.DOOR WORDS`` in a fork of this process.

    Args:
        door: Such as ``train``.
        words: Its command line.
        before: Called in the fork first, to prepare a fault.
        kill_after: Seconds after which it is killed.
        patience: Seconds after which it hangs.

    Raises:
        PromiseError: If it hangs.
    """
    module = import_module(f"ser.{door}")
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        child = os.fork()
        if child == 0:
            _become(module.main, [f"ser.{door}", *words], before, out, err)
        code = _wait(child, kill_after or patience)
        if code == -signal.SIGKILL and kill_after is None and before is None:
            raise PromiseError(f"{door} hung for {patience:.0f} s")
        return Ended(code, *(_text(file) for file in (out, err)))


def _become(
    main: Callable[[], object],
    words: list[str],
    before: Callable[[], None] | None,
    out: IO[str],
    err: IO[str],
) -> None:
    """Be the command; never returns."""
    code = 1
    try:
        os.setsid()
        os.dup2(out.fileno(), 1)
        os.dup2(err.fileno(), 2)
        sys.argv = words
        if before:
            before()
        main()
        code = 0
    except SystemExit as error:
        code = _status(error.code)
    except BaseException:  # a traceback is what is looked for
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _status(code: object) -> int:
    if isinstance(code, str):
        sys.stderr.write(f"{code}\n")
        return 1
    return code if isinstance(code, int) else 0


def _wait(child: int, seconds: float) -> int:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.002)
    os.killpg(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _text(file: IO[str]) -> str:
    file.seek(0)
    return file.read()


def tables(folder: Path) -> dict[str, bytes]:
    """Every table of predictions below a folder."""
    found = sorted(folder.rglob("predictions.csv"))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}

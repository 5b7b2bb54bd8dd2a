"""SIGTERM ends a process soon, in whatever it is."""

import signal
import subprocess
import sys

import pytest

BEGIN = """
import os, signal, time
from ser.system import stopping
stopping.GRACE = 0.2
"""
ENDS = {
    "asleep": """
with stopping.ends_on_signals(stopping.KEPT):
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(60)
""",
    "in a library that catches everything": """
with stopping.ends_on_signals(stopping.KEPT):
    os.kill(os.getpid(), signal.SIGTERM)
    while True:
        try:
            time.sleep(60)
        except BaseException:
            pass
""",
    "in threads that are waited for": """
from concurrent.futures import ThreadPoolExecutor
with stopping.ends_on_signals(stopping.KEPT), ThreadPoolExecutor(1) as pool:
    pool.submit(time.sleep, 60)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(60)
""",
    "where Python waits for a thread at its end": """
import threading
threading.Thread(target=time.sleep, args=(60,)).start()
with stopping.ends_on_signals(stopping.KEPT):
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(60)
""",
}


def run(code):
    return subprocess.run(
        [sys.executable, "-c", BEGIN + code],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@pytest.mark.parametrize("where", ENDS)
def test_a_process_ends_with_the_code_of_the_signal(where):
    assert run(ENDS[where]).returncode == 128 + signal.SIGTERM


def test_it_says_that_the_same_command_goes_on():
    assert "the same command goes on from the last snapshot" in run(ENDS["asleep"]).stderr


def test_a_handler_that_is_there_is_kept_and_afterwards_all_is_as_before():
    code = """
with stopping.ends_on_signals(stopping.KEPT):
    pass
assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
signal.signal(signal.SIGTERM, lambda *_: os._exit(7))
with stopping.ends_on_signals(stopping.KEPT):
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(60)
"""
    assert run(code).returncode == 7


def test_a_handler_that_goes_on_is_not_overruled():
    code = """
signal.signal(signal.SIGTERM, lambda *_: None)  # as submitit has one
with stopping.ends_on_signals(stopping.KEPT):
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(1)
os._exit(7)
"""
    assert run(code).returncode == 7

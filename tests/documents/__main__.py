"""``python -m tests.documents [PAGE…]``: run what README and docs tell a reader to type.

In a clone with trainings of one epoch on corpora of seconds, page by page; ends with what failed.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from ser.system.terminal import Terminal
from tests.documents.fates import Fate, fate_of, lacking
from tests.documents.reading import ROOT, TEXTS, examples, lines
from tests.documents.world import build, run, variables

SECONDS = 60  # that a page may take to come
PRELUDE = """
import pandas as pd
import soundfile
import torch

waveform, sample_rate = soundfile.read("a.wav", dtype="float32")
another, _ = soundfile.read("b.wav", dtype="float32")
waveforms, lengths = torch.randn(2, 16_000), torch.tensor([16_000, 16_000])
blocks = (waveform[start : start + 4000] for start in range(0, len(waveform), 4000))
table = pd.read_csv("runs/emodb/svm/speaker/predictions.csv", dtype={"speaker": str})
"""
SMALLER = (
    ('EmoDBDataModule(root="emodb"', 'EmoDBDataModule(root="emodb", verify=False'),
    ("Trainer(max_epochs=20)", "Trainer(max_epochs=1, logger=False, enable_checkpointing=False)"),
    ('ser.load("model.ckpt").of_speaker', 'ser.load("speaker.ckpt").of_speaker'),
    ('ser.load("model.ckpt", network=Pooled)', "ser.load(result.models[0], network=Pooled)"),
)


@dataclass(frozen=True)
class Outcome:
    """What came of a command, or of the examples of a page."""

    page: str
    line: str
    seconds: float
    fault: str = ""
    reason: str = ""

    def __str__(self) -> str:
        state = "FAILED" if self.fault else ("left out" if self.reason else "ok")
        why = f"\n    {self.fault or self.reason}" if self.fault or self.reason else ""
        return f"{state:<8} {self.seconds:6.1f} s  {self.page}: {self.line}{why}"


def main(words: Sequence[str] | None = None) -> None:
    """Run the pages, and end with an error if anything in them fails."""
    parser = argparse.ArgumentParser("python -m tests.documents", description=__doc__)
    parser.add_argument("pages", nargs="*", type=Path, help="texts; all by default")
    parser.add_argument("--at", type=Path, help="folder to work in, and to go on in")
    chosen = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="ser-docs-") as usual:
        clone = build((chosen.at or Path(usual)).resolve())
        pages = [ROOT / page for page in chosen.pages] or TEXTS
        failed = 0
        for outcome in chain.from_iterable(walk(page, clone) for page in pages):
            Terminal().say(str(outcome))
            failed += bool(outcome.fault)
    Terminal().say(f"{failed} failed.")
    sys.exit(bool(failed))


def walk(page: Path, clone: Path) -> Iterator[Outcome]:
    """Run the commands and the examples of a page."""
    name = page.relative_to(ROOT).as_posix()
    for line in lines(page):
        outcome = _tried(name, line, fate_of(line), clone)
        yield outcome
    if blocks := examples(page):
        outcome = _examples(name, blocks, clone)
        yield outcome


def _tried(page: str, line: str, fate: Fate, clone: Path) -> Outcome:
    begin = time.monotonic()
    if not fate.line:
        return Outcome(page, line, 0.0, reason=fate.reason)
    fault = _served(fate.line, clone) if fate.serves else _ended(fate.line, clone)
    return Outcome(page, fate.line, time.monotonic() - begin, fault, fate.reason)


def _ended(line: str, clone: Path) -> str:
    found = run(line, clone)
    return "" if found.returncode == 0 else f"exit code {found.returncode}: {_end(found)}"


def _served(line: str, clone: Path) -> str:
    """Start what serves a page, ask for the page, and stop it; background jobs ignore Ctrl-C."""
    process = subprocess.Popen(
        ["bash", "-c", f"exec {line}"], cwd=clone, env=variables(clone), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    said = []
    try:
        for said_line in process.stdout or ():
            said.append(said_line)
            if address := re.search(r"http://127\.0\.0\.1:\d+\S*", said_line):
                with urllib.request.urlopen(address[0], timeout=SECONDS) as answer:
                    return "" if answer.status == 200 else f"the page answers {answer.status}"
        return f"no page: {''.join(said)[-500:]}"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(SECONDS)


def _examples(page: str, blocks: Sequence[str], clone: Path) -> Outcome:
    title = f"{len(blocks)} examples in Python"
    if reason := lacking("".join(blocks)):
        return Outcome(page, title, 0.0, reason=reason)
    begin, script = time.monotonic(), clone / f"example_of_{Path(page).stem}.py"
    text = "\n".join([PRELUDE, *blocks])
    for usual, small in SMALLER:
        text = text.replace(usual, small)
    script.write_text(text, "utf-8")
    fault = _ended(f"python {script.name}", clone)
    return Outcome(page, title, time.monotonic() - begin, fault)


def _end(found: subprocess.CompletedProcess[str]) -> str:
    text = (found.stderr or found.stdout).strip()
    return "\n    ".join(text.splitlines()[-6:])


if __name__ == "__main__":
    main()

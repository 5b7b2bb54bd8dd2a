"""The cases that ``make test`` repeats, counted by the class of fault that they are of."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from xml.etree import ElementTree

from faults.fault import Fault, PromiseError, Tries

HOUSE = Path(__file__).parents[1]
CLASSES: Mapping[tuple[str, str], Sequence[str]] = {
    (
        "names and paths in any letters, `~` and `$VARIABLE`",
        "taken letter by letter; homes and variables put in, or refused",
    ): ("runs/test_command_line.py", "inference/test_words.py", "system/test_paths.py"),
    (
        "settings of a wrong type, range or name, or that do not go together",
        "a sentence with the near name, before data are read; no folder left",
    ): ("training/test_settings.py", "training/test_composing.py"),
    (
        "sound in rare codecs and rates, files that are no sound",
        "read, or refused by what they are, in bounded time and memory",
    ): (
        "features/test_audio.py",
        "features/test_strangers.py",
        "features/test_containers.py",
        "features/test_resampling.py",
        "features/test_decoding_bounds.py",
    ),
    (
        "corpora as disks and drives have them, lists of other programs",
        "read, or all faults in one message",
    ): (
        "corpora/test_folders.py",
        "corpora/listed",
        "data/test_contents.py",
        "folds/test_lists_of_other_programs.py",
    ),
    (
        "locales without letters, 40 to 200 columns, escapes and markup in texts",
        "shown, nothing cut, nothing obeyed",
    ): ("system/test_terminal.py", "test_doors.py", "report/test_escaping.py"),
    (
        "Ctrl-C and SIGTERM at any time, interrupted folds",
        "the end within seconds; curves and finished folds are kept",
    ): ("system/test_stopping.py", "system/test_early.py", "training/test_curves.py"),
    (
        "sizes that files, archives and servers claim",
        "bounded, or refused",
    ): ("runs/test_bounds.py", "corpora/test_download.py"),
    (
        "run folders that were edited, copied or linked elsewhere",
        "named; what only reads writes nothing",
    ): ("report/test_hostile_runs.py", "runs/test_checked.py", "sweep/test_status.py"),
    (
        "several processes at one place, with and without locks",
        "one works, the others wait, say for whom, and end",
    ): ("system/test_locks.py", "runs/test_claim.py", "corpora/test_cache.py"),
}


def outcomes(files: Sequence[str], folder: Path) -> Iterator[tuple[str, str]]:
    """Run tests, and yield the name of each with what went wrong, which is empty if nothing did.

    Args:
        files: Below ``tests``.
        folder: Where the outcome is written.
    """
    report = folder / "outcome.xml"
    paths = [str(HOUSE / "tests" / file) for file in files]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", f"--junit-xml={report}"]
    subprocess.run([*command, *paths], cwd=HOUSE, capture_output=True, check=False)
    for case in ElementTree.parse(report).iter("testcase"):
        if case.find("skipped") is None:
            bad = [part.get("message") or part.tag for part in case]
            yield f"{case.get('classname')}::{case.get('name')}", "; ".join(bad)


def _tries(files: Sequence[str], folder: Path) -> Tries:
    return {name: partial(_say, outcome) for name, outcome in outcomes(files, folder)}


def _say(outcome: str) -> None:
    if outcome:
        raise PromiseError(outcome)


def _fault(words: tuple[str, str], files: Sequence[str]) -> Fault:
    tries: Callable[[Path], Tries] = partial(_tries, files)
    return Fault(*words, tries)


FAULTS = tuple(_fault(words, files) for words, files in CLASSES.items())

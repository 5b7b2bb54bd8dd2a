"""``python -m benchmarks.cuda``: measure a training on one GPU, print a table, write cuda.json.

It runs from a source tree, ``PYTHONPATH=.``, without a network; on EmoDB where ``SER_EMODB`` names
it, else on the embedded synthetic corpus.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from benchmarks.cuda.table import markdown, say

PARTS = {  # seconds that each may take, where all have as many together
    "networks": 75,
    "folds": 55,
    "options": 60,
    "interruption": 25,
    "compilation": 40,
    "sweep": 45,
}
LEAST = 10  # s, without which a part is not begun
BESIDE = Path(__file__).parents[1] / "cuda.json"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run some parts, each in a process of its own, so that one that fails leaves the others."""
    chosen = parse(arguments)
    if not torch.cuda.is_available():
        say("PyTorch sees no CUDA device on this machine, so nothing was measured.")
        return
    end, found = time.monotonic() + chosen.seconds, header()
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder, "lines.jsonl")
        lines.touch()
        for number, part in enumerate(chosen.parts):
            left = chosen.part_seconds or allowance(chosen.parts[number:], end - time.monotonic())
            failure = run(part, lines, Path(folder, part), left)
            found["rows"] = [json.loads(line) for line in lines.read_text().splitlines()]
            if failure:
                found["rows"].append({"part": part, "what": part, "result": failure})
                say(f"{part}: {failure}")
                lines.write_text("".join(f"{json.dumps(row)}\n" for row in found["rows"]))
            chosen.output.write_text(json.dumps(found, indent=1) + "\n")
    say(markdown(found))


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Parts, seconds and output of a command line."""
    parser = argparse.ArgumentParser("python -m benchmarks.cuda", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--seconds", type=float, default=300, help="for all parts together")
    parser.add_argument("--part-seconds", type=float, help="for each part, instead of its own")
    parser.add_argument("--output", type=Path, default=BESIDE)
    chosen = parser.parse_args(arguments)
    if unknown := set(chosen.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}; choose of {', '.join(PARTS)}")
    chosen.parts = chosen.parts or list(PARTS)
    return chosen


def allowance(parts: Sequence[str], left: float) -> float:
    """Seconds of the first of some parts: its share of what is left for all of them.

    What one leaves over falls to those after it.

    Args:
        parts: Those that are still to come.
        left: Seconds for all of them.
    """
    return left * PARTS[parts[0]] / sum(PARTS[part] for part in parts)


def header() -> dict[str, Any]:
    """What it is measured on."""
    found = torch.cuda.get_device_properties(0)
    return {
        "card": found.name,
        "memory_gib": round(found.total_memory / 2**30),
        "cores": os.cpu_count(),
        "torch": torch.__version__,
        "corpus": "EmoDB" if os.environ.get("SER_EMODB") else "synthetic",
        "rows": [],
    }


def run(part: str, lines: Path, folder: Path, seconds: float) -> str:
    """Run a part; why it failed, or nothing."""
    if seconds < LEAST:
        return f"left out, for want of time: {max(seconds, 0):.0f} s were left for it"
    folder.mkdir()
    command = [sys.executable, "-m", f"benchmarks.cuda.{part}", str(lines), str(folder)]
    say(f"{part}: at most {seconds:.0f} s")
    begin = time.monotonic()
    process = subprocess.Popen([*command, str(seconds)], start_new_session=True)
    try:
        code = process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return f"not done after {seconds:.0f} s"
    say(f"{part}: {time.monotonic() - begin:.0f} s")
    return "" if code == 0 else f"failed with exit code {code}"


if __name__ == "__main__":
    main()

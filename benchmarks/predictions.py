"""Predictions: from the command to the answer on one file, and files a second on a thousand."""

from __future__ import annotations

import itertools
import statistics
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from benchmarks.commands import start
from benchmarks.corpora import corpus, utterances
from benchmarks.rounds import Times, in_turns
from benchmarks.row import Row

MODELS = {"svm": "functionals", "cnn1d": "statistics"}
FILES, FEW = 1000, 20


def rows(threads: int, rounds: int, quick: bool = False) -> list[Row]:
    """Lines of this part."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        files = many(work / "files", FEW if quick else FILES)
        found = [trained(work, name, features) for name, features in MODELS.items()]
        ways = {
            f"{name}, {what}": partial(predict, work, model, sound)
            for name, model in zip(MODELS, found, strict=True)
            for what, sound in (("one", files[0]), ("all", files[0].parent))
        }
        times = in_turns(ways, 1 if quick else min(rounds, 3), warm=0 if quick else 1)
        return [line for name in MODELS for line in lines(name, threads, times, len(files))]


def lines(name: str, threads: int, times: Times, count: int) -> list[Row]:
    """Lines of one model: seconds of a start, and files a second, its start included."""
    one = times[f"{name}, one"]
    speed = [count / seconds for seconds in times[f"{name}, all"]]
    start_of, all_of = (statistics.median(values) for values in (one, speed))
    what = f"{name}: {count} files into a CSV, the start included"
    return [
        Row(
            f"{name}: command to the answer on one file", threads, {"ser": start_of}, "s", "s", one
        ),
        Row(what, threads, {"ser": all_of}, "files a second", "files a second", speed),
    ]


def many(folder: Path, count: int) -> list[Path]:
    """Give links to so many recordings, those of the corpus over and over."""
    folder.mkdir()
    files = []
    for number, utterance in zip(range(count), itertools.cycle(utterances()[1]), strict=False):
        files.append(folder / f"{number:04d}.wav")
        files[-1].symlink_to(utterance.path.absolute())
    return files


def trained(work: Path, model: str, features: str) -> Path:
    """Train a model on one fold; gives its file."""
    found = corpus()
    words = [f"model={model}", f"features={features}", f"data={found.name}", "fold=0"]
    more = [] if model == "svm" else ["trainer.max_epochs=1", "trainer=cpu"]
    output = work / "runs" / model
    start(
        ["ser.train", *words, *more, f"data.root={found.root}", f"output={output}"], work / "cache"
    )
    return next(output.rglob("model.ckpt"))


def predict(work: Path, model: Path, sound: Path) -> float:
    """Seconds of a prediction."""
    words: Sequence[str] = [f"checkpoint={model}", f"input={sound}", f"output={work}/answers.csv"]
    begin = time.perf_counter()
    start(["ser.predict", *words], work / "cache")
    return time.perf_counter() - begin

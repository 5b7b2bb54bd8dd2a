"""Corpora of ten and a hundred times the size: an utterance should cost the same in each."""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property, partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import torch
from omegaconf import OmegaConf

from benchmarks.commands import peak
from benchmarks.fits import cell_in, configuration, fit, network_of, silent
from benchmarks.rounds import in_turns, medians, ratios
from benchmarks.row import Row
from ser.corpora.corpus import Corpus, Utterance
from ser.corpora.emodb import EmoDB
from ser.data.datamodule import CorpusDataModule
from ser.features import LogMel
from ser.features.store import content_hashes, extract
from ser.report import report
from ser.report.write import write_report
from ser.runs.files import write_json
from ser.runs.layout import FOLDS
from ser.runs.predictions import tabulate
from ser.runs.record import finish, open_run
from ser.runs.sides import sides_content

SIZES = (535, 5350, 53_500)
QUICK = (140, 535)
RATE, SECONDS = 16_000, 1
PIECE, PIECES = 4, 10  # seconds of an utterance cut from a long file, and how many a file holds
HOURS = (10, 100)


class Noises(Corpus):
    """Noises of one second, all different; what an utterance costs does not depend on its words.

    Args:
        root: Folder of the files, which ``write`` makes.
        size: Number of utterances.
    """

    name = "noises"
    labels = tuple(EmoDB.codes.values())

    def __init__(self, root: Path, size: int) -> None:
        self.root, self.size = root, size
        self.counts = Counter(u.emotion for u in self.utterances())

    def utterances(self) -> list[Utterance]:
        """Emotions and fifty speakers in turn."""
        return [
            Utterance(
                f"{i:06d}", self.root / f"{i:06d}.wav", self.labels[i % 7], speaker=f"{i % 50:02d}"
            )
            for i in range(self.size)
        ]

    def write(self) -> None:
        """Write the audio."""
        for i, utterance in enumerate(self.utterances()):
            noise(utterance.path, SECONDS, seed=i)


def noise(path: Path, seconds: int, seed: int) -> None:
    """Write white noise."""
    samples = np.random.default_rng(seed).standard_normal(seconds * RATE, dtype=np.float32)
    soundfile.write(path, 0.1 * samples, RATE)


def rows(threads: int, rounds: int, quick: bool = False) -> list[Row]:
    """Lines of this part."""
    sizes = QUICK if quick else SIZES
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        Noises(root, sizes[-1]).write()
        jobs = [Jobs(root, size) for size in sizes]
        for job in jobs:
            job.split()  # fills the store that later splits open
        found = []
        for name, stage in STAGES.items():
            ways = {f"{job.size:,}": partial(getattr(job, name)) for job in jobs}
            found += flat(stage, threads, ways, min(rounds, 3))
    return [*found, memory(threads, (0.1, 1) if quick else HOURS)]


def flat(stage: str, threads: int, ways: dict[str, Callable[[], Any]], rounds: int) -> list[Row]:
    """Cost of an utterance in each size, and whether the larger ones cost more."""
    times = in_turns(ways, rounds, warm=0)
    each = {
        name: [1e6 * seconds / int(name.replace(",", "")) for seconds in values]
        for name, values in times.items()
    }
    return [
        Row(
            stage, threads, {name: medians(each)[name] for name in pair}, "µs an utterance",
            f"{pair[1]} / {pair[0]}", ratios(each, pair[1], pair[0]), "<= 1.1",
        )
        for pair in pairwise(ways)
    ]  # fmt: skip


STAGES = {
    "store": "files to feature store (hash, decode, log-mel, write)",
    "split": "store to fold (list, hash, open, split, leakage guard, scaler)",
    "epoch": "epoch of training (LSTM, log-mel), validation, checkpoint",
    "figures": "predictions of ten folds to figures and picture, as each job ends",
    "page": "predictions to the page of ser.report (intervals, drawings, folds)",
}


class Jobs:
    """The four stages of a cross-validation on one corpus.

    Args:
        root: Folder of the audio, and of what is made of it.
        size: Number of utterances.
    """

    def __init__(self, root: Path, size: int) -> None:
        self.root, self.size = root, size
        self.corpus = Noises(root, size)
        self.front_end = LogMel(n_mels=64)

    def store(self) -> None:
        """Build the store."""
        with tempfile.TemporaryDirectory(dir=self.root) as folder, silent():
            items = self.corpus.utterances()
            extract(items, self.front_end, content_hashes(items), Path(folder))

    def split(self) -> CorpusDataModule:
        """Open the store and set a fold up."""
        with silent():
            data = CorpusDataModule(self.corpus, self.front_end, cache=self.root / "cache")
            data.setup()
        return data

    @cached_property
    def data(self) -> CorpusDataModule:
        """A fold that stays."""
        return self.split()

    def epoch(self) -> float:
        """Train, as ``ser.train`` does."""
        with tempfile.TemporaryDirectory(dir=self.root) as folder:
            cfg = configuration(
                f"output={folder}", "model=lstm", "refit=null", "trainer.max_epochs=3"
            )
            cell = cell_in(cfg)
            _, seconds = fit(cfg, network_of(cfg, self.data), self.data, cell)
        return seconds

    @cached_property
    def run(self) -> Path:
        """A run of ten folds as ``ser.train`` leaves it, with random predictions."""
        output = self.root / f"runs-{self.size}"
        cfg = configuration(f"output={output}", "data=synthetic", "model=lstm")
        whole, config = cell_in(cfg), OmegaConf.to_container(cfg, resolve=True)
        open_run(whole.run, config)
        generator = torch.Generator().manual_seed(0)
        for fold in range(10):
            data, cell = self.data.at_fold(fold), replace(whole, fold=fold)
            data.setup()
            sides = sides_content("stratified", cell, data.fold_data.fold, data.fold_data.rows)
            write_json(cell.folder / FOLDS, sides)
            tested = data.fold_data.rows("test")
            scores = torch.randn(len(tested), data.num_classes, generator=generator)
            facts = {"seconds": 1.0, "epochs": 1, "chosen_epoch": 1, "folds": 10}
            finish(cell, tabulate(scores.softmax(1).numpy(), tested, data.labels, cell), facts)
        return whole.run

    def figures(self) -> float:
        """Read the predictions, and write figures and picture."""
        return seconds_of(partial(report, self.run, f"{self.size} utterances", []))

    def page(self) -> float:
        """Intervals, comparisons and the page of ``python -m ser.report``."""
        self.figures()
        return seconds_of(partial(write_report, [self.run], self.root / "report"))


def seconds_of(job: Callable[[], object]) -> float:
    """Seconds of a job, without what it needs being made."""
    begin = time.perf_counter()
    job()
    return time.perf_counter() - begin


def memory(threads: int, hours: tuple[float, ...]) -> Row:
    """Most memory that building a store takes, of few and of many hours of audio."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, f"{i}.wav") for i in range(round(min(hours[0], 6) * 90))]
        for i, path in enumerate(files):
            noise(path, PIECE * PIECES, seed=i)
        words = ["-m", "benchmarks.scale", folder]
        found = {f"{h} h": peak([*words, str(h)], Path(folder, "cache")) for h in hours}
    few, many = found
    ratio = [found[many] / found[few]]
    what = "most memory of building a store"
    return Row(what, threads, found, "MiB", f"{many} / {few}", ratio, "<= 1.1")


def main(folder: str, hours: str) -> None:
    """Build a store of so many hours, cut from the files of a folder again and again."""
    files = sorted(Path(folder).glob("*.wav"))
    pieces = []
    for i in range(round(float(hours) * 3600 / PIECE)):
        path, start = files[i // PIECES % len(files)], i % PIECES * PIECE
        pieces.append(Utterance(f"{i:06d}", path, "neutral", "00", start=start, end=start + PIECE))
    with tempfile.TemporaryDirectory(dir=folder) as cache:
        extract(pieces, LogMel(n_mels=16), content_hashes(pieces), Path(cache))


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Training beside Keras, which the published networks were written in."""

from __future__ import annotations

import json
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from omegaconf import DictConfig

from benchmarks import peers
from benchmarks.corpora import corpus
from benchmarks.fits import cell_in, configuration, fit, network_of
from benchmarks.rounds import in_turns
from benchmarks.row import Row, compared
from ser.data.datamodule import CorpusDataModule
from ser.training.build import build_data
from ser.training.lightning import predict

BACKENDS = {"Keras on TensorFlow": "tensorflow", "Keras on PyTorch": "torch"}
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Job:
    """A published network on folds of a corpus, the same for everyone.

    All that is not tested is trained on, and the last epoch counts, as in the source.

    Args:
        name: What it is called in the results.
        network: Its name in ``conf/model``, and in ``peers/keras_fit.py``.
        epochs: Epochs of a training.
        learning_rate: Step size of Adam, never changed.
        words: Features and form.
    """

    name: str
    network: str
    epochs: int
    learning_rate: str
    words: tuple[str, ...]

    def configured(self, *words: str) -> DictConfig:
        """Its configuration."""
        found = corpus()
        return configuration(
            *(f"model={self.network}", "model.schedule=constant"),
            *(f"model.learning_rate={self.learning_rate}", "+model.adam_eps=1e-7"),
            *("cv=stratified", "protocol=published", "protocol.scaler=train", "trainer=cpu"),
            *(f"data={found.name}", f"data.root={found.root}", *self.words),
            *(f"trainer.max_epochs={self.epochs}", *words),
        )


LSTM = ("features=mfcc", "model.recipe=published")
JOBS = (
    Job("cnn1d", "cnn1d", 20, "3e-4", ("features=statistics155",)),
    Job("lstm", "lstm", 4, "1e-3", LSTM),
    # It learns little from 12 s, most of which are silence; so what it learns is compared on 3.
    Job("lstm, 3 s of sound", "lstm", 25, "1e-3", (*LSTM, "features.duration=3")),
)


def rows(threads: int, rounds: int, quick: bool = False) -> list[Row]:
    """Lines of this part."""
    found, rounds = [], min(rounds, 3)  # of minutes each
    for job in JOBS:
        found += beside_keras(replace(job, epochs=3) if quick else job, threads, rounds)
    return found


def beside_keras(job: Job, threads: int, rounds: int) -> list[Row]:
    """An epoch, and what is learnt, another fold in each round."""
    data = build_data(job.configured())
    accuracies: dict[str, list[float]] = defaultdict(list)

    def train(name: str, way: Callable[[CorpusDataModule], tuple[float, float]]) -> float:
        data.at_fold(len(accuracies[name])).setup()
        seconds, accuracy = way(data)
        accuracies[name].append(100 * accuracy)
        return seconds

    makers = {"ser": partial(ours, job)}
    makers |= {name: partial(keras, job, key, threads) for name, key in BACKENDS.items()}
    ways = {name: partial(train, name, way) for name, way in makers.items()}
    times = in_turns(ways, rounds, warm=0)  # each leaves its own first epoch out
    count, corpus = len(data.fold_data.fold.train), data.folds.corpus.name
    what = f"{job.name}: an epoch of {count} utterances of {corpus}"
    learnt = {name: statistics.mean(values) for name, values in accuracies.items()}
    return [
        *(compared(what, threads, times, name, goal=">= 1") for name in BACKENDS),
        Row(
            f"{job.name}: accuracy after {job.epochs} epochs, {rounds} folds", threads, learnt, "%"
        ),
    ]


def ours(job: Job, data: CorpusDataModule) -> tuple[float, float]:
    """Seconds of an epoch of ``ser``, and accuracy on the test side."""
    with tempfile.TemporaryDirectory() as folder:
        cfg = job.configured(f"output={folder}")
        cell = cell_in(cfg, data.place[0])
        network = network_of(cfg, data)
        trainer, seconds = fit(cfg, network, data, cell)
        tested = predict(network, data, trainer, "test", cell)
    return seconds, float((tested["truth"] == tested["prediction"]).mean())


def keras(job: Job, backend: str, threads: int, data: CorpusDataModule) -> tuple[float, float]:
    """Seconds of an epoch in Keras, and accuracy on the test side."""
    settings = {"network": job.network, "epochs": job.epochs, "seed": 0, "threads": threads}
    settings["learning_rate"] = float(job.learning_rate)
    with tempfile.TemporaryDirectory() as folder:
        sides = Path(folder, "sides.npz")
        np.savez(sides, **arrays(data))
        words = [str(HERE / "peers" / "keras_fit.py"), str(sides), json.dumps(settings)]
        lines = peers.run(words, {"KERAS_BACKEND": backend}).stdout.splitlines()
    found = json.loads(lines[-1])
    return statistics.median(found["seconds"][1:]), found["accuracy"]


def arrays(data: CorpusDataModule) -> dict[str, Any]:
    """Both sides of a fold as Keras takes them: scaled, positions or frames before channels."""
    found: dict[str, Any] = {"classes": data.num_classes}
    for side in ("train", "test"):
        rows = torch.from_numpy(data.fold_data.fold.side(side))
        features, _ = data.fold_data.prepared.features.batch(rows)
        channels_last = features[..., None] if features.ndim == 2 else features.transpose(1, 2)
        mean, std = data.feature_mean, data.feature_std
        if features.ndim == 2:
            mean, std = mean[:, None], std[:, None]
        found[side] = ((channels_last - mean) / std).numpy()
        found[f"{side}_targets"] = data.fold_data.prepared.targets[rows].numpy()
    return found

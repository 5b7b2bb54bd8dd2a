"""An epoch over a corpus in batches of like length, beside one in batches as they come."""

from __future__ import annotations

import tempfile
from functools import partial

from benchmarks.corpora import corpus
from benchmarks.fits import cell_in, configuration, fit, network_of
from benchmarks.rounds import in_turns
from benchmarks.row import Row, compared
from ser.training.build import build_data

NETWORKS = ("lstm", "cnn")


def rows(threads: int, rounds: int, quick: bool = False) -> list[Row]:
    """A line for each network."""
    return [_row(name, threads, rounds) for name in NETWORKS[: 1 if quick else None]]


def _row(name: str, threads: int, rounds: int) -> Row:
    found = corpus()
    words = (f"model={name}", f"data={found.name}", f"data.root={found.root}")
    ways = {
        "any length": partial(_epoch, *words),
        "like length": partial(_epoch, *words, "data.group_by_length=true"),
    }
    times = in_turns(ways, rounds)
    what = f"{name}: an epoch of a fold of {found.name}"
    return compared(what, threads, times, "any length", "like length")


def _epoch(*words: str) -> float:
    """Seconds of an epoch after the first."""
    with tempfile.TemporaryDirectory() as folder:
        # Of a fold that is trained on whole, so that no validation is within an epoch.
        more = ("trainer=cpu", "trainer.max_epochs=2", f"output={folder}")
        cfg = configuration(*words, *more, "protocol.validation=false")
        data = build_data(cfg)
        data.at_fold(0).setup()
        _, seconds = fit(cfg, network_of(cfg, data), data, cell_in(cfg))
    return seconds

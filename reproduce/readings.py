"""Readings of the augmented 1D CNN-LSTM, of which the source says features and copies alone.

They are compared on a fold of the leaking protocol, as a published figure has nothing else to be
found by; what they reach says nothing about new utterances.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from reproduce.jobs import Job
from reproduce.lines import epochs_of, figures_of, heading, minutes_of, row_of

EXPERIMENT = "emodb_cnn1d_lstm_augmented"
HEADING = ("reading", "accuracy", "weighted F1", "epochs", "minutes")
READINGS = {
    "four convolutions, two LSTMs of 128 (`shallow`)": (),
    "the same, half as long": ("trainer.max_epochs=20",),
    "the same, at a constant 1e-4, as the source trains the row of IEMOCAP": (
        "trainer.max_epochs=200",
        "model.learning_rate=1e-4",
        "model.schedule=constant",
    ),
    "eight convolutions, LSTM of 512 (`deep`), full dropout": ("model.form=deep",),
    "the same, with the dropout of the 1D CNN, half as long": (
        "model.form=deep",
        "model.dropout=0.3",
        "trainer.max_epochs=20",
    ),
}


def jobs() -> list[Job]:
    """List the trainings of all readings, a fold each."""
    return [_job(number, changed, "fold=0") for number, changed in enumerate(READINGS.values())]


def readings(results: Path) -> str:
    """Markdown of what each reading reaches on fold 0 of ``cv=kfold``.

    Args:
        results: Folder of run folders.
    """
    runs = [results / _job(number, changed).run for number, changed in enumerate(READINGS.values())]
    rows = [row_of((name, *_figures(run))) for name, run in zip(READINGS, runs, strict=True)]
    return "\n".join([*heading(HEADING), *rows])


def _job(number: int, changed: tuple[str, ...], *fold: str) -> Job:
    words = (*changed, *fold)
    return Job("emodb", "cnn1d_lstm", "kfold", EXPERIMENT, words, f"reading-{number}")


def _figures(run: Path) -> Iterable[str]:
    found = figures_of(run)
    if found is None:
        return ("not run", *[""] * (len(HEADING) - 2))
    summary, facts = found
    figures = (f"{summary['pooled'][name]:.1%}" for name in ("accuracy", "weighted_f1"))
    return (*figures, epochs_of(facts), minutes_of(facts))

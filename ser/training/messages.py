"""What a training says on the terminal, and what it keeps others from saying."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Sequence

import pytorch_lightning  # noqa: F401 - it sets its own log level when imported
from rich.console import RenderableType

from ser.data.corpus_folds import CorpusFolds
from ser.evaluation.stamps import Stamp
from ser.folds.overlaps import reached
from ser.runs.facts import Facts
from ser.system.terminal import Terminal

NOISE = (
    r".*does not have many workers.*",  # features are gathered from memory, faster than workers
    r".*isinstance\(treespec, LeafSpec\).*",
    r".*Checkpoint directory .* exists and is not empty.*",  # a continued fold
    r".*The `srun` command is available.*",
    r".*when logging on epoch level in distributed setting.*",  # metrics agree by themselves
    r".*smaller than the logging interval.*",
    r".*No `val_dataloader`.*|.*otal length of `(DataLoader|list)` across ranks is zero.*",
)


def show(what: RenderableType) -> None:
    """Print a table, or a line."""
    Terminal().print(what)


def say(line: str, *, error: bool = False) -> None:
    """Print a line as it is, on standard error if it is bad news."""
    Terminal(stderr=error).say(line)


def say_notes(folds: CorpusFolds) -> None:
    """Say what a reader of figures on the corpus must know, mostly nothing."""
    for note in folds.corpus.notes:
        say(note, error=True)


def quieten() -> None:
    """Keep Lightning to what matters."""
    for name in ("pytorch_lightning", "lightning.pytorch", "lightning.fabric", "lightning_fabric"):
        logging.getLogger(name).setLevel(logging.WARNING)
    for message in NOISE:
        warnings.filterwarnings("ignore", message=message)


def stamp_on(folds: CorpusFolds) -> Stamp:
    """Stamp what is trained on some folds."""
    copies = bool(folds.augment.copies)
    return Stamp(
        cv=folds.regime.name,
        protocol=folds.protocol.name,
        leaks=folds.protocol.leaks(copies),
        shuffled=folds.shuffle_labels,
        transductive=folds.protocol.transductive,
        shared=any(reached(fold, "speaker") for fold in folds.shared),
    )


def notes_on(folds: CorpusFolds) -> list[str]:
    """What a reader must know to judge the figures: the stamp, and what the sides share."""
    lines = (*folds.notes, *folds.described)
    sentences = (f"{line[0].upper()}{line[1:]}." for line in lines)
    return [*stamp_on(folds).notes, *folds.corpus.notes, *sentences]


def notes_on_networks(facts: Sequence[Facts]) -> list[str]:
    """What a reader must know of how networks were trained, by the facts of some cells."""
    refits = sorted({fact["refit"] for fact in facts if "refit" in fact})
    members = sorted({fact["members"] for fact in facts if "members" in fact})
    return [
        *(f"Networks were trained {how}." for how in refits),
        *(f"Probabilities are the mean of {count} networks." for count in members),
    ]

"""What a training says on the terminal, and what it keeps others from saying."""

from __future__ import annotations

import logging
import warnings

import pytorch_lightning  # noqa: F401 - it sets its own log level when imported
from rich.console import Console, RenderableType

from ser.data.corpus_folds import CorpusFolds

NOISE = (
    r".*does not have many workers.*",  # features are gathered from memory, faster than workers
    r".*isinstance\(treespec, LeafSpec\).*",
    r".*Checkpoint directory .* exists and is not empty.*",  # a continued fold
    r".*The `srun` command is available.*",
    r".*smaller than the logging interval.*",
    r".*No `val_dataloader`.*|.*otal length of `(DataLoader|list)` across ranks is zero.*",
)


def show(what: RenderableType) -> None:
    """Print a table, or a line."""
    Console().print(what)


def say(line: str, *, error: bool = False) -> None:
    """Print a line as it is, on standard error if it is bad news."""
    console = Console(stderr=error, soft_wrap=True, highlight=False, emoji=False)
    console.print(line, markup=False)


def quieten() -> None:
    """Keep Lightning to what matters."""
    for name in ("pytorch_lightning", "lightning.pytorch", "lightning.fabric"):
        logging.getLogger(name).setLevel(logging.WARNING)
    for message in NOISE:
        warnings.filterwarnings("ignore", message=message)


def notes_on(folds: CorpusFolds) -> list[str]:
    """What a reader must know to judge the figures."""
    regime, protocol = folds.regime, folds.protocol
    shared = any(" speaker" in line for line in folds.shared)
    shares = "speakers are" if shared else "no speaker is"
    notes = [f"cv={regime.name}: {shares} on both sides of a fold; protocol={protocol.name}."]
    if folds.shuffle_labels:
        notes.append("SHUFFLED LABELS: what is above chance has leaked.")
    if leaks := protocol.leaks(copies=bool(folds.augment.copies)):
        notes.append(f"LEAKING PROTOCOL, the figures are too high: {leaks}.")
    lines = (*regime.notes(folds.utterances), *folds.shared)
    return [*notes, *(f"{line[0].upper()}{line[1:]}." for line in lines)]

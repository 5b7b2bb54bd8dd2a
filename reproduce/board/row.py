"""A row of the board, as ``rows.yaml`` has it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

ROWS = Path(__file__).with_name("rows.yaml")
CORPUS = "emodb"
REGIMES = ("stratified", "speaker", "speaker_sentence")
TABLES = ("scratch", "pretrained")
GRID = "+grid="  # settings to choose among within each fold, which makes a command a sweep


@dataclass(frozen=True)
class Row:
    """A row of the board.

    Args:
        name: Folder of its runs.
        label: What the table calls it.
        table: One of ``TABLES``.
        sentence: What was chosen where.
        words: What ``ser.train`` is called with, beside corpus, regime and seed.
        seeds: Seeds of the training.
        folder: Where its runs lie, with ``{cv}`` in it; empty for a place of its own.
        predictions: Table that was not made by ``ser.train``, with ``{cv}`` in its name.
        mean: Names of rows whose mean probabilities are its answers, in the place of words.
        reference: Whether the others are compared with it.
    """

    name: str
    label: str
    table: str
    sentence: str
    words: Sequence[str] = ()
    seeds: Sequence[int] = (0,)
    folder: str = ""
    predictions: str = ""
    mean: Sequence[str] = ()
    reference: bool = False

    def place(self, root: Path, cv: str) -> Path:
        """Folder of the run of a regime; without a ``folder`` one above it, of this row alone.

        Args:
            root: Folder of all runs.
            cv: The regime.
        """
        return root / self.folder.format(cv=cv) if self.folder else self._own(root)

    def commands(self, output: Path, regimes: Sequence[str] = REGIMES) -> list[list[str]]:
        """What follows ``python -m`` to train it, a command for each regime and seed.

        Args:
            output: Folder of all runs.
            regimes: Regimes that are wanted.
        """
        if not self.words:
            return []
        sweep = ["-m"] if any(word.startswith(GRID) for word in self.words) else []
        place = output if self.folder else self._own(output)
        start = ["ser.train", *sweep, *self.words, f"data={CORPUS}"]
        return [
            [*start, f"cv={cv}", f"seed={seed}", f"output={place.as_posix()}"]
            for cv in regimes
            for seed in self.seeds
        ]

    @property
    def command(self) -> str:
        """Command of all seeds, for a reader, who chooses the regime."""
        if not self.words:
            return ""
        start, *_ = self.commands(Path("runs"), ["CV"])
        seeds = ["seed=" + ",".join(map(str, self.seeds))] if len(self.seeds) > 1 else []
        sweep = ["-m"] if seeds and "-m" not in start else []
        words = [word for word in start[1:] if not word.startswith(("seed=", "output="))]
        return shlex.join(["python", "-m", "ser.train", *sweep, *words, *seeds])

    def _own(self, root: Path) -> Path:
        return root / "board" / self.name


def read_rows(path: Path = ROWS) -> list[Row]:
    """List the rows of the board.

    Args:
        path: File that has them.

    Raises:
        ValueError: If two rows share a name, a table or a row to average does not exist, or no row
            is the reference.
    """
    content: Any = OmegaConf.to_container(OmegaConf.load(path))
    rows = [_row(entry) for entry in content]
    names = [row.name for row in rows]
    if len(set(names)) < len(names):
        raise ValueError(f"{path} has two rows of one name among {', '.join(sorted(names))}")
    if unknown := {row.table for row in rows} - set(TABLES):
        raise ValueError(f"{path} names the table {unknown.pop()}; there are {', '.join(TABLES)}")
    if missing := {name for row in rows for name in row.mean} - set(names):
        raise ValueError(f"{path} averages the row {missing.pop()}, which it does not have")
    if sum(row.reference for row in rows) != 1:
        raise ValueError(f"{path} must name one row as the reference of the others")
    return rows


def _row(entry: Mapping[str, Any]) -> Row:
    return Row(**{**entry, "sentence": " ".join(str(entry["sentence"]).split())})

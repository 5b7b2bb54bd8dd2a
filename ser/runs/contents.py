"""What a run is trained with beside its settings: corpus, folds, code and weights of others.

Digests of them are a part of ``identity.json``; ``corpus.csv`` says what is behind that of the
corpus, so that a difference can be named. Runs of earlier versions have neither.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ser.runs.files import read_bytes, update_text
from ser.runs.layout import CORPUS
from ser.runs.marker import digest

if TYPE_CHECKING:
    from ser.corpora import Utterance
    from ser.runs.sides import Line

PREFIX = "contents."
OF_CORPUS, OF_LABELS, OF_FOLDS = f"{PREFIX}corpus", f"{PREFIX}labels", f"{PREFIX}folds"
OF_CODE, OF_WEIGHTS = f"{PREFIX}code.", f"{PREFIX}weights"
LATER = ("age", "language", "split", "corpus")  # columns of those corpora alone that have them
TESTED = "tested"  # how many folds test an utterance: it follows from the folds

Sides = Callable[[int, "int | None"], "Iterable[tuple[str, Line]]"]


@dataclass(frozen=True)
class Contents:
    """What decides the figures of a run and is no setting.

    Args:
        corpus: What ``corpus_table`` gives.
        labels: Emotions in class order.
        folds: Digest of who is on which side of each fold; None where that depends on the seed.
        code: What ``code_of`` gives.
        sides: Gives side and line of every row of a fold, or of an inner fold, as it is dealt now.
        seed: Seed of the training.
        weights: SHA-256 of the pretrained weights of the front end, where it has such.
    """

    corpus: pd.DataFrame
    labels: Sequence[str]
    folds: str | None
    code: Mapping[str, str]
    sides: Sides
    seed: int
    weights: str | None = None

    @cached_property
    def keys(self) -> dict[str, Any]:
        """Digests of all of it, as a part of the identity of a run."""
        folds = {} if self.folds is None else {OF_FOLDS: self.folds}
        weights = {} if self.weights is None else {OF_WEIGHTS: self.weights}
        code = {f"{OF_CODE}{group}": found for group, found in self.code.items()}
        return {
            OF_CORPUS: corpus_digest(self.corpus),
            OF_LABELS: list(self.labels),
            **folds,
            **weights,
            **code,
        }

    def write(self, run: Path) -> None:
        """Write ``corpus.csv``, unless it is there as it should be."""
        update_text(run / CORPUS, self._text)

    @cached_property
    def _text(self) -> str:
        return _to_csv(self.corpus)


def settings_of(recorded: Mapping[str, Any]) -> dict[str, Any]:
    """An identity without its contents, as earlier versions wrote it."""
    return {key: value for key, value in recorded.items() if not key.startswith(PREFIX)}


def corpus_table(
    utterances: Sequence[Utterance], hashes: Mapping[str, str], tested: Mapping[str, int]
) -> pd.DataFrame:
    """Table of a corpus: what is known of each utterance, and what its file holds.

    Args:
        utterances: The corpus.
        hashes: SHA-256 of the audio of each, by utterance id.
        tested: How many folds test an utterance, for those of which that can be said.
    """
    named = (f.name for f in fields(utterances[0]) if f.name not in ("id", "path"))
    groups = [n for n in named if n not in LATER or any(getattr(u, n) for u in utterances)]
    table = {name: [_text(getattr(u, name)) for u in utterances] for name in groups}
    ids = pd.Index([u.id for u in utterances], dtype=object, name="id")
    table["sha256"] = [hashes[name][:16] for name in ids]
    table[TESTED] = [_text(tested.get(name)) for name in ids]
    corpus: pd.DataFrame = pd.DataFrame(table, index=ids, dtype=object)
    return corpus


def corpus_digest(table: pd.DataFrame) -> str:
    """Digest of a table of a corpus."""
    return digest(_to_csv(table.drop(columns=TESTED, errors="ignore")))


def read_corpus(run: Path) -> pd.DataFrame | None:
    """Table of the corpus of a run; None where it has none, or one that cannot be read."""
    try:
        text = read_bytes(run / CORPUS).decode()
        heading, *rows = csv.reader(io.StringIO(text, newline=""))
        table: pd.DataFrame = pd.DataFrame(rows, columns=heading, dtype=object).set_index("id")
    except (ValueError, KeyError, csv.Error):
        return None
    return table


def _to_csv(table: pd.DataFrame) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["id", *table.columns])
    writer.writerows(table.itertuples(name=None))
    return file.getvalue()


def _text(value: object) -> str:
    return "" if value is None else str(value)

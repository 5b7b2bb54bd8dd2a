"""Judge predictions that somebody else made, on a corpus that is at hand.

Example: ``python -m ser.audit predictions=theirs.csv folds=their_folds.csv data=emodb``
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ser.audit.foreign.predictions import Theirs, read_theirs
from ser.audit.foreign.regime import leaks_of, regime_of, shared_groups
from ser.audit.foreign.sides import Sides, sides_of
from ser.audit.foreign.worth import against, figures, power
from ser.audit.lines import closeness
from ser.audit.nearest import nearest
from ser.audit.page import Part, markdown, show
from ser.audit.probes import Neighbours
from ser.data.corpus_folds import CorpusFolds
from ser.errors import LeakageError, storage_errors
from ser.folds.guard import describe
from ser.folds.overlaps import overlaps_of, sizes_of
from ser.runs.files import write_text
from ser.system.terminal import Terminal

UNKNOWN = (
    "nothing says what was trained on, so that nothing can be said of leaks and of new speakers; "
    "pass folds=… or name the column of folds by columns.fold=…"
)


@dataclass(frozen=True)
class Question:
    """What is to be judged.

    Args:
        predictions: CSV of their predictions.
        folds: List of their folds.
        ours: Folder of a run, or a table of predictions, to compare them with.
        output: Markdown file to write.
        columns: Column of each role in their files; None takes a usual one.
        emotions: Label of each of their words that is none itself.
        close: Share of the distance to the tenth neighbour; what is nearer is suspicious.
    """

    predictions: Path
    folds: Path | None
    ours: Path | None
    output: Path | None
    columns: Mapping[str, str | None]
    emotions: Mapping[str, str | None]
    close: float


def judge(asked: Question, data: CorpusFolds, terminal: Terminal) -> None:
    """Print what there is to say of somebody else's predictions, and write it where asked to.

    Args:
        asked: What is to be judged.
        data: The corpus.
        terminal: Where it is printed.

    Raises:
        ConfigError: If a column or an emotion is unknown.
        RunError: If predictions and corpus do not match.
        LeakageError: If what is tested is trained on, after all is printed.
    """
    theirs = read_theirs(
        asked.predictions, asked.columns, asked.emotions, data.utterances, data.corpus.labels
    )
    sides = sides_of(theirs, asked.folds, asked.columns, data.utterances)
    leaks, parts = _sides(data, sides, asked.close)
    read = Part("What was read", [*theirs.notes, *theirs.wrong])
    parts = [read, *parts, *_worth(theirs, asked.ours)]
    show(terminal, parts)
    if asked.output is not None:
        _write(asked.output, markdown(f"{asked.predictions} on {data.corpus.name}", parts))
    if leaks:
        raise LeakageError(
            f"{leaks[0]}. The figures of {asked.predictions} are too high: "
            "train again without what is tested."
        )


def _sides(data: CorpusFolds, sides: Sides | None, close: float) -> tuple[list[str], list[Part]]:
    """What the sides share, which regime they are, and what leaks."""
    if sides is None:
        return [], [Part("What was trained on", [UNKNOWN])]
    shared = [overlaps_of(fold, data.utterances, data.hashes) for fold in sides.folds]
    leaks = leaks_of(shared)
    near = closeness(data, Neighbours.join(nearest(data, sides.folds)), close)
    sizes = [sizes_of(fold, data.utterances) for fold in sides.folds]
    lines = describe(shared, sizes) or ["no utterance, file, speaker, sentence or session"]
    return leaks, [
        Part("What was trained on", [*sides.notes, *(f"LEAK: {leak}" for leak in leaks)]),
        Part("Regime", regime_of(sides.folds, shared, data.utterances)),
        Part("On both sides of a fold", [*lines, *shared_groups(shared), near]),
    ]


def _worth(theirs: Theirs, ours: Path | None) -> list[Part]:
    beside = [against(theirs.table, ours)] if ours else []
    return [figures(theirs.table), *beside, power(theirs.table)]


def _write(path: Path, text: str) -> None:
    with storage_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text(path, text)

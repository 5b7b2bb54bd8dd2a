"""What an audit shows in tables, which fit into 80 columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ser.audit.lines import closeness, knowledge
from ser.audit.probes import Indices, Neighbours, shuffled, uar
from ser.audit.settings import Settings
from ser.folds.fold import SIDES
from ser.folds.overlaps import content, groups_in
from ser.folds.protocol import stamp
from ser.system.counted import counted
from ser.system.letters import abbreviated
from ser.system.rows import Rows

if TYPE_CHECKING:
    from ser.data.corpus_folds import CorpusFolds
    from ser.folds import Fold

WHOLE = 10  # folds that are shown with all their sides; of more, the test side alone is
SHOWN = 60  # folds that have a line of their own
COUNTS = 46  # columns for the counts of emotions


def sizes(data: CorpusFolds, folds: Sequence[Fold]) -> Rows:
    """Utterances of each side of each fold, by emotion, and how many speakers and sentences."""
    names = data.corpus.labels
    width = max(3, COUNTS // len(names) - 2)
    protocol = stamp(data.protocol.name, leaks="", shuffled=data.shuffle_labels)
    table = Rows(f"{data.corpus.name}, cv={data.regime.name}, protocol={protocol}")
    table.add_column("fold", numeric=True)
    table.add_column("side")
    for heading in ("n", *abbreviated(names, width), "spk", "sent"):
        table.add_column(heading, numeric=True)
    sides = SIDES if len(folds) <= WHOLE else ("test",)
    for fold in folds[:SHOWN]:
        for side in sides:
            rows = [data.rows[i] for i in fold.side(side)]
            if not rows:  # a protocol without validation
                continue
            counts = Counter(u.emotion for u in rows)
            groups = [str(len(groups_in(rows, key)) or "") for key in ("speaker", "sentence")]
            shown = [str(counts[name]) for name in names]
            start = str(fold.index) if side == sides[0] else ""
            table.add_row(start, side, str(len(rows)), *shown, *groups)
    return _capped(table, len(folds))


def probes(
    data: CorpusFolds,
    found: Sequence[Neighbours],
    settings: Settings,
) -> tuple[Rows, list[str]]:
    """What the nearest neighbours in training know, with labels as they are and shuffled."""
    targets, recordings = data.prepared.targets.numpy(), _recordings(data)
    parts = [*found, Neighbours.join(found)]
    on_shuffled = [
        shuffled(part, targets, recordings, settings.permutations, settings.seed) for part in parts
    ]
    permuted = ", SHUFFLED LABELS" * data.shuffle_labels
    table = Rows(f"Nearest neighbour in training and validation{permuted}")
    for heading in ("fold", "tested", "close", "UAR", "UAR with shuffled labels"):
        table.add_column(heading, numeric=True)
    shown = [
        (
            str(len(part.rows)),
            f"{part.close(settings.close).mean():.1%}",
            f"{uar(targets[part.rows], targets[part.nearest]):.1%}",
            f"{known.mean:.1%} ± {100 * known.error:.2f}",
        )
        for part, known in zip(parts, on_shuffled, strict=True)
    ]
    for index, row in enumerate(shown[:-1][:SHOWN]):
        table.add_row(str(index), *row)
    table.add_section()
    table.add_row("all", *shown[-1], style="bold")
    lines = [
        closeness(data, parts[-1], settings.close),
        knowledge(on_shuffled[-1], len(parts[-1].rows)),
    ]
    return _capped(table, len(found)), lines


def _recordings(data: CorpusFolds) -> Indices:
    """Number of the recording of each row: equal for copies and for files twice."""
    contents = [content(row, data.prepared.hashes) for row in data.rows]
    numbers = {key: i for i, key in enumerate(dict.fromkeys(contents))}
    return np.array([numbers[key] for key in contents], dtype=np.intp)


def _capped(table: Rows, folds: int) -> Rows:
    if folds > SHOWN:
        table.caption = (
            f"{counted(folds - SHOWN, 'more fold is', 'more folds are')} not shown, but counted"
        )
    return table

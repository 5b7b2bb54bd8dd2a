"""Table of corpora against corpora: what is trained on one, and how well it knows another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ser.evaluation.figures import summarise
from ser.evaluation.stamps import declared
from ser.folds import groups_apart
from ser.report.sheets.sheet import NOTHING, Column, Sheet, Value, percent, text
from ser.runs.predictions import labels_of
from ser.runs.reading import Run
from ser.system.together import TO

TEST = "data.test"
OF_CELLS = ("data.", "cv.", "contents.")  # settings in which the runs of a matrix may differ
Pair = tuple[str, str]


def matrices(runs: Iterable[Run]) -> list[Sheet]:
    """Tabulate the UAR of runs that were tested on another corpus than they were trained on.

    Args:
        runs: Runs; those that share model and settings have one table.

    Returns:
        Tables of at least one such run, with the runs of a corpus by itself beside it.
    """
    sets: dict[tuple[Any, ...], dict[Pair, Run]] = {}
    for run in runs:
        pair = _pair(run)
        if pair is not None:
            sets.setdefault(_kind(run), {})[pair] = run
    crossed = (found for found in sets.values() if any(map(_crosses, found.values())))
    return [_sheet(found) for found in crossed]


def _pair(run: Run) -> Pair | None:
    """What a run is trained on and what it is tested on; None for other runs."""
    if _crosses(run):
        test = str(run.identity[TEST])
        return run.name.corpus.removesuffix(f"{TO}{test}"), test
    itself = groups_apart(run.identity.get("cv.name")) == ("speaker",)
    return (run.name.corpus,) * 2 if itself else None


def _crosses(run: Run) -> bool:
    return run.identity.get(TEST) is not None


def _kind(run: Run) -> tuple[Any, ...]:
    """Model and settings, but for those of corpora and folds."""
    items = sorted(run.identity.items())
    kept = [(key, str(value)) for key, value in items if not key.startswith(OF_CELLS)]
    return run.name.model, *kept


def _sheet(runs: Mapping[Pair, Run]) -> Sheet:
    crossed = [pair for pair, run in runs.items() if _crosses(run)]
    learnt = list(dict.fromkeys(pair[0] for pair in crossed))
    tested = list(dict.fromkeys(pair[1] for pair in crossed))
    tested.sort(key=lambda name: learnt.index(name) if name in learnt else len(learnt))
    shown = {pair: run for pair, run in runs.items() if pair[0] in learnt and pair[1] in tested}
    counts = {len(labels_of(run.predictions)) for run in shown.values() if run.finished}
    cells = {pair: _cell(run, len(counts) > 1) for pair, run in shown.items()}
    lacking = Value(NOTHING, float("nan"))
    rows = [
        [text(row), *(cells.get((row, column), lacking) for column in tested)] for row in learnt
    ]
    columns = [Column("trained on"), *(Column(f"on {name}", numeric=True) for name in tested)]
    name = shown[crossed[0]].name
    title = f"Across corpora, UAR (%): {' '.join(filter(None, (name.model, name.variant)))}"
    return Sheet(title, columns, rows, [*_notes(shown)])


def _alone(pair: Pair) -> bool:
    return pair[0] == pair[1]


def _cell(run: Run, with_classes: bool) -> Value:
    if not run.finished:
        return Value(NOTHING, float("nan"))
    found = percent(summarise(run.predictions)["pooled"]["uar"])
    classes = f" of {len(labels_of(run.predictions))}" if with_classes else ""
    lacks = "" if len(run.finished) == len(run.cells) else "*"
    return Value(f"{found.text}{classes}{lacks}", found.order)


def _notes(runs: Mapping[Pair, Run]) -> Iterator[str]:
    yield "Rows were trained on, columns are tested on as a whole."
    itself = sorted({str(run.identity["cv.name"]) for pair, run in runs.items() if _alone(pair)})
    if itself:
        yield (
            f"A corpus against itself is tested on new speakers (cv={' or '.join(itself)}), by "
            "models that were trained on its other speakers."
        )
    if labels := [labels_of(run.predictions) for run in runs.values() if run.finished]:
        yield from _on_classes(labels)
    if any(0 < len(run.finished) < len(run.cells) for run in runs.values()):
        yield "* over those folds that are finished."
    yield from dict.fromkeys(alarm for run in runs.values() for alarm in declared(run).alarms)


def _on_classes(labels: Sequence[Sequence[str]]) -> Iterator[str]:
    """How many classes there are, which decides what chance is."""
    common = [label for label in labels[0] if all(label in others for others in labels)]
    if len({frozenset(own) for own in labels}) == 1:
        yield f"{len(common)} classes, {', '.join(common)}: chance is {100 / len(common):.1f} %."
        return
    remedy = f" For one set of them, pass 'data.classes=[{','.join(common)}]'."
    yield (
        "Cells differ in their classes, whose number stands behind “of”; chance is 100 % by that "
        f"number.{remedy if len(common) > 1 else ''}"
    )

"""One network under every regime.

The regimes are sorted from what a network has most of in training to what is newest to it.
"""

from __future__ import annotations

from pathlib import Path

from reproduce.lines import folds_of, heading, row_of
from ser.evaluation.figures import summarise
from ser.evaluation.intervals import interval
from ser.folds import REGIMES
from ser.runs.facts import read_facts
from ser.runs.layout import done_cells
from ser.runs.predictions import read_predictions

HEADING = (
    "`cv=`",
    "new in the test",
    "folds",
    "UAR",
    "95 % utterances",
    "95 % speakers",
    "accuracy",
    "weighted F1",
)
SHOWN = ("kfold", "stratified", "sentence", "speaker", "speaker_sentence")


def regimes(results: Path, run: str = "emodb/cnn1d") -> str:
    """Markdown of the plain runs of one network on one corpus, a line for each regime.

    Args:
        results: Folder of run folders.
        run: Corpus and network.
    """
    lines = heading(HEADING, 2)
    lines += [_line(results / run / name, name) for name in SHOWN]
    return "\n".join(lines)


def _line(run: Path, name: str) -> str:
    new = " and ".join(REGIMES[name].groups) or "nothing"
    cells = done_cells(run)
    if not cells:
        return row_of((f"`{name}`", new, "not run", *[""] * (len(HEADING) - 3)))
    table = read_predictions(run)
    pooled = summarise(table)["pooled"]
    facts = [read_facts(cell) for cell in cells]
    spans = [interval(table, "uar", unit, expanded=True) for unit in ("utterance", "speaker")]
    between = [f"{100 * found.low:.1f} to {100 * found.high:.1f}" for found in spans]
    uar, *others = (f"{pooled[figure]:.1%}" for figure in ("uar", "accuracy", "weighted_f1"))
    return row_of((f"`{name}`", new, folds_of(facts), uar, *between, *others))

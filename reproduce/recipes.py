"""Default and published form of each network.

What is compared is the UAR on validation sides, ``validation.csv``: no test side has a part in
choosing what a network is by default.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from reproduce.lines import epochs_of, heading, minutes_of, row_of
from ser.evaluation.figures import summarise
from ser.runs.facts import read_facts
from ser.runs.layout import done_cells
from ser.runs.predictions import read_validation

HEADING = ("`model=`", "form", "validation UAR", "folds", "epochs", "parameters", "minutes")
RUNS = {
    "lstm": "recipes,model.recipe={}",
    "cnn2d": "recipes,model.recipe={}",
    "cnn2d_lstm": "recipes,model.recipe={}",
    "resnet": "recipes,model.recipe={}",
    "resnet50": "recipes,model.recipe={}",
    "cnn1d": "recipe-{}",
    "cnn1d_lstm": "recipe-{}",
}


def recipes(results: Path) -> str:
    """Markdown of every network in both forms, on the same folds of EmoDB.

    Args:
        results: Folder of run folders.
    """
    lines = heading(HEADING, 2)
    for model, name in RUNS.items():
        for recipe in ("default", "published"):
            run = results / "emodb" / model / "stratified" / name.format(recipe)
            lines.append(row_of((f"`{model}`", recipe, *_measured(run))))
    return "\n".join(lines)


def _measured(run: Path) -> Iterable[str]:
    judged = read_validation(run)
    if judged is None:
        return ("not run", *[""] * (len(HEADING) - 3))
    facts = [read_facts(cell) for cell in done_cells(run)]
    return (
        f"{summarise(judged)['pooled']['uar']:.1%}",
        " and ".join(str(int(fold)) for fold in sorted(judged["fold"].unique())),
        epochs_of(facts),
        f"{facts[0]['parameters']:,}".replace(",", " "),
        minutes_of(facts),
    )

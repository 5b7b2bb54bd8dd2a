"""Default and published form of each network.

What is compared is the UAR on validation sides, ``validation.csv``: no test side has a part in
choosing what a network is by default.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from ser.evidence.lines import heading, row_of
from ser.metrics import summarise
from ser.results import cells_of, from_csv

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
            lines.append(row_of((f"`{model}`", recipe, *_cells(cells_of(run)))))
    return "\n".join(lines)


def _cells(cells: list[Path]) -> Iterable[str]:
    if not cells:
        return ("not run", *[""] * (len(HEADING) - 3))
    judged = pd.concat([from_csv(cell / "validation.csv") for cell in cells], ignore_index=True)
    facts: list[Any] = [json.loads((cell / "environment.json").read_text()) for cell in cells]
    epochs = sorted({fact["epochs"] for fact in facts})
    minutes = sum(fact["seconds"] for fact in facts) / 60
    return (
        f"{summarise(judged)['pooled']['uar']:.1%}",
        " and ".join(str(int(fold)) for fold in sorted(judged["fold"].unique())),
        str(epochs[0]) if len(epochs) == 1 else f"{epochs[0]} to {epochs[-1]}",
        f"{facts[0]['parameters']:,}".replace(",", " "),
        f"{minutes:.0f}",
    )

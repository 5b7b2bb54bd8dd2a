"""Default and published form of each network.

What is compared is the UAR on validation sides, ``validation.csv``: no test side has a part in
choosing what a network is by default.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from reproduce.jobs import Job
from reproduce.lines import epochs_of, folds_of, heading, minutes_of, row_of, whole_cells
from ser.evaluation.figures import summarise
from ser.runs.checked import read_facts, read_validation

HEADING = ("`model=`", "form", "validation UAR", "folds", "epochs", "parameters", "minutes")
SPECTROGRAMS = ("lstm", "cnn2d", "cnn2d_lstm", "resnet", "resnet50")
VECTORS = ("cnn1d", "cnn1d_lstm")
RECIPES = ("default", "published")
# Their default steps suit their default forms alone; both forms take those of the other networks.
GENTLE = ("model.learning_rate=3e-4", "model.schedule=cosine")
STEPS = dict.fromkeys(("cnn2d", "cnn2d_lstm", "resnet", "resnet50"), GENTLE)


def jobs() -> list[Job]:
    """List the trainings of every network in both forms."""
    return [_job(model, recipe) for model in (*SPECTROGRAMS, *VECTORS) for recipe in RECIPES]


def recipes(results: Path) -> str:
    """Markdown of every network in both forms, on the same folds of EmoDB.

    Args:
        results: Folder of run folders.
    """
    lines = heading(HEADING, 2)
    for model in (*SPECTROGRAMS, *VECTORS):
        for recipe in RECIPES:
            run = results / _job(model, recipe).run
            lines.append(row_of((f"`{model}`", recipe, *_measured(run))))
    return "\n".join(lines)


def _job(model: str, recipe: str) -> Job:
    changed = (f"model.recipe={recipe}",)
    if model in SPECTROGRAMS:
        alike = (*STEPS.get(model, ()), *changed)
        return Job("emodb", model, "stratified", "recipes", alike, f"recipes_recipe-{recipe}")
    few = ("trainer.max_epochs=20", "refit=null", *changed)
    return Job("emodb", model, "stratified", changed=few, name=f"recipe-{recipe}")


def _measured(run: Path) -> Iterable[str]:
    judged = read_validation(run)
    if judged is None:
        return ("not run", *[""] * (len(HEADING) - 3))
    facts = [read_facts(cell) for cell in whole_cells(run)]
    return (
        f"{summarise(judged)['pooled']['uar']:.1%}",
        folds_of(run),
        epochs_of(facts),
        f"{facts[0]['parameters']:,}".replace(",", " "),
        minutes_of(facts),
    )

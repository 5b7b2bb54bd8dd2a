"""The steps between the published protocol and the honest one, ``experiment=leak``."""

from __future__ import annotations

from pathlib import Path

from reproduce.lines import composed, folds_of, heading, row_of
from ser.evaluation.figures import summarise
from ser.runs.facts import read_facts
from ser.runs.layout import done_cells
from ser.runs.names import run_name
from ser.runs.predictions import read_predictions

HEADING = ("EmoDB, 1D CNN, augmented", "folds", "accuracy", "weighted F1", "UAR")
STEPS = (
    "published",
    "grouped",
    "honest",
    "speaker",
    "published_shuffled",
    "honest_shuffled",
)


def leak(results: Path) -> str:
    """Markdown of the steps from the published protocol to the honest one.

    Args:
        results: Folder of run folders.
    """
    lines = heading(HEADING)
    for step in STEPS:
        words = ["experiment=leak", f"leak={step}"]
        cfg = composed(words)
        run = results / run_name(cfg.hydra.runtime.choices, words, cfg.name)
        lines.append(row_of([cfg.title, *_step(run)]))
    return "\n".join(lines)


def _step(run: Path) -> list[str]:
    cells = done_cells(run)
    if not cells:
        return ["not run", "", "", ""]
    pooled = summarise(read_predictions(run))["pooled"]
    facts = [read_facts(cell) for cell in cells]
    return [
        folds_of(facts),
        *(f"{pooled[name]:.1%}" for name in ("accuracy", "weighted_f1", "uar")),
    ]

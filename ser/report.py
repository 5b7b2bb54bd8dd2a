"""Turn a run folder into a table, a list of figures and a confusion matrix."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from rich.box import SIMPLE
from rich.table import Table

from ser.metrics import FIGURES, Summary, confusion, summarise
from ser.results import labels_of, read_predictions, to_csv, write_json, write_text

HEADINGS = {
    "uar": "UAR",
    "accuracy": "accuracy",
    "weighted_f1": "weighted F1",
    "macro_f1": "macro F1",
}


def report(
    run: Path, title: str, notes: Sequence[str], published: Mapping[str, float] | None = None
) -> Table:
    """Recompute every figure of a run from its predictions and write them beside it.

    Writes ``predictions.csv`` of all folds, ``metrics.json`` and ``confusion.png``.

    Args:
        run: Run folder.
        title: What was run; heads the table and the picture.
        notes: What a reader must know to judge the figures; they are stamped on every artefact.
        published: Figures of the source in percent, shown beside the mean over folds.

    Returns:
        The table of folds, for the terminal.

    Raises:
        RunError: If no fold of the run is finished.
    """
    predictions = read_predictions(run)
    summary = summarise(predictions)
    write_text(run / "predictions.csv", to_csv(predictions))
    content = {"run": title, "notes": list(notes), **summary}
    if len(summary["folds"]) == 1:
        del content["sd"]  # nan, which JSON does not have
    write_json(run / "metrics.json", content)
    _draw(predictions, run / "confusion.png", title, notes)
    table = _table(run, predictions, summary, title, notes)
    if published:
        shown = [f"{published[name]:.1f}%" if name in published else "" for name in FIGURES]
        table.add_row("published", "", "", *shown, "")
    return table


def compare_runs(runs: Mapping[str, Path]) -> Table:
    """One line for each run, with figures pooled over its finished folds.

    Args:
        runs: Folders of runs by title.
    """
    table = Table(box=SIMPLE, padding=0, collapse_padding=True)
    table.add_column("")
    for heading in ("folds", *HEADINGS.values(), "min"):
        table.add_column(heading, justify="right", no_wrap=True)
    for title, run in runs.items():
        table.add_row(title, *_line(run))
    return table


def _line(run: Path) -> list[str]:
    """Finished folds, pooled figures and minutes of a run; blanks before the first fold."""
    facts = [json.loads(path.read_text()) for path in run.glob("fold-*/seed-*/environment.json")]
    if not facts:
        return ["0", *[""] * len(FIGURES), ""]
    pooled = summarise(read_predictions(run))["pooled"]
    minutes = sum(fact["seconds"] for fact in facts) / 60
    shown = [f"{pooled[name]:.1%}" for name in FIGURES]
    return [f"{len(facts)}/{facts[0]['folds']}", *shown, f"{minutes:.0f}"]


def _table(
    run: Path, predictions: pd.DataFrame, summary: Summary, title: str, notes: Sequence[str]
) -> Table:
    table = Table(
        title=title,
        caption="\n".join(notes),
        caption_justify="left",
        box=SIMPLE,
        padding=0,  # 80 columns are enough
    )
    for heading in ("fold", "test", "epochs", *HEADINGS.values(), "s"):
        table.add_column(heading, justify="right", no_wrap=True)
    sizes = predictions.groupby(["fold", "seed"]).size().tolist()
    facts = [json.loads((run / cell / "environment.json").read_text()) for cell in summary["folds"]]
    for size, fact, (cell, found) in zip(sizes, facts, summary["folds"].items(), strict=True):
        epochs = f"{fact['chosen_epoch']}/{fact['epochs']}"
        row = [f"{found[name]:.1%}" for name in FIGURES]
        table.add_row(_short(cell), str(size), epochs, *row, f"{fact['seconds']:.0f}")
    table.add_section()
    seconds = sum(fact["seconds"] for fact in facts)
    spread = [f"{summary['mean'][n]:.1%} ± {summary['sd'][n] * 100:.1f}" for n in FIGURES]
    if len(facts) > 1:
        table.add_row("mean ± sd", "", "", *spread, "")
    pooled = [f"{summary['pooled'][name]:.1%}" for name in FIGURES]
    table.add_row("pooled", str(len(predictions)), "", *pooled, f"{seconds:.0f}", style="bold")
    return table


def _short(cell: str) -> str:
    """Name a cell in a table: its fold, and its seed if that is not the usual one."""
    fold, seed = (part.partition("-")[2] for part in cell.split("/"))
    return fold if seed == "0" else f"{fold} seed {seed}"


def _draw(predictions: pd.DataFrame, path: Path, title: str, notes: Sequence[str]) -> None:
    import matplotlib as mpl  # noqa: PLC0415 - slow to import, and only needed at the end

    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415 - after the backend is chosen

    labels = list(labels_of(predictions))
    matrix = confusion(predictions, labels)
    share = matrix / matrix.sum(1, keepdims=True).clip(min=1)
    figure, axes = plt.subplots(figsize=(7, 6.5), layout="constrained")
    image = axes.imshow(share, cmap="cividis", vmin=0, vmax=1)
    axes.set_xticks(range(len(labels)), labels, rotation=45, ha="right")
    axes.set_yticks(range(len(labels)), labels)
    axes.set(xlabel="predicted", ylabel="true", title=title)
    for (row, column), count in np.ndenumerate(matrix):
        shade = "black" if share[row, column] > 0.5 else "white"  # noqa: PLR2004 - mid scale
        axes.text(column, row, str(count), ha="center", va="center", color=shade)
    figure.colorbar(image, label="share of the true emotion", shrink=0.8)
    figure.supxlabel("\n".join(notes), fontsize=8)
    draft = path.with_name(f".{path.name}")
    figure.savefig(draft, format="png", dpi=120)
    plt.close(figure)
    draft.replace(path)

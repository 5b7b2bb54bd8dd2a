"""What a run leaves beside its predictions: a table, a list of figures, a confusion matrix."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
from rich.box import SIMPLE
from rich.table import Table

from ser.evaluation.figures import FIGURES, Summary, summarise
from ser.report.headings import HEADINGS
from ser.report.picture import draw_confusion
from ser.runs.facts import read_facts
from ser.runs.files import write_json, write_text
from ser.runs.predictions import read_predictions, to_csv


def report(
    run: Path,
    title: str,
    notes: Sequence[str],
    published: Mapping[str, float] | None = None,
    *,
    picture: bool = True,
) -> Table:
    """Recompute every figure of a run from its predictions and write them beside it.

    Writes ``predictions.csv`` of all folds, ``metrics.json`` and ``confusion.png``.

    Args:
        run: Run folder.
        title: What was run; heads the table and the picture.
        notes: What a reader must know to judge the figures; they are stamped on every artefact.
        published: Figures of the source in percent, shown beside the mean over folds.
        picture: Whether to draw the confusion matrix too, which takes most of the time.

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
    if picture:
        draw_confusion(predictions, run / "confusion.png", title, notes)
    table = _table(run, predictions, summary, title, notes)
    if published:
        shown = [f"{published[name]:.1f}%" if name in published else "" for name in FIGURES]
        table.add_row("published", "", "", *shown, "")
    return table


def draw_if_outdated(run: Path) -> None:
    """Draw the confusion matrix of a reported run, unless it is as new as its figures."""
    figures, drawn = run / "metrics.json", run / "confusion.png"
    if not figures.exists():
        return
    if drawn.exists() and drawn.stat().st_mtime_ns >= figures.stat().st_mtime_ns:
        return
    content = json.loads(figures.read_text(encoding="utf-8"))
    draw_confusion(read_predictions(run), drawn, content["run"], content["notes"])


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
    facts = [read_facts(run / cell) for cell in summary["folds"]]
    for size, fact, (cell, found) in zip(sizes, facts, summary["folds"].items(), strict=True):
        epochs = f"{fact['chosen_epoch']}/{fact['epochs']}" if "epochs" in fact else "–"
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

"""What a run leaves beside its predictions: a table, a list of figures, a confusion matrix."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from ser.errors import DamageError
from ser.evaluation.confusions import class_set
from ser.evaluation.figure import compact_figures
from ser.evaluation.figures import Summary, summarise
from ser.evaluation.wording import several
from ser.report.sheets.sheet import epochs, figure_value, number
from ser.runs.checked import damaged_cells, read_facts, read_predictions
from ser.runs.facts import Facts
from ser.runs.files import read_json, update_json, update_text
from ser.runs.layout import FIGURES, PICTURE, PREDICTIONS
from ser.runs.predictions import to_csv
from ser.system.rows import Rows

PNG_END = b"IEND\xaeB`\x82"  # the last chunk of every whole PNG file


def report(
    run: Path,
    title: str,
    notes: Sequence[str],
    *,
    picture: bool = True,
) -> Rows:
    """Recompute every figure of a run from its predictions and write them beside it.

    Writes ``predictions.csv`` of all folds, ``metrics.json`` and ``confusion.png``.

    Args:
        run: Run folder.
        title: What was run; heads the table and the picture.
        notes: What a reader must know to judge the figures; they are stamped on every artefact.
        picture: Whether to draw the confusion matrix too, unless it is as new as the figures;
            that takes most of the time.

    Returns:
        The table of folds, for the terminal.

    Raises:
        RunError: If no fold of the run is finished.
    """
    predictions = read_predictions(run)
    summary = summarise(predictions)
    left_out = (f"LEFT OUT: {fault}" for fault in damaged_cells(run))
    notes = list(dict.fromkeys([*notes, *_lacking(predictions), *left_out]))
    update_text(run / PREDICTIONS, to_csv(predictions), durable=False)
    content = {"run": title, "notes": notes, **summary}
    if len(summary["folds"]) == 1:
        del content["sd"]  # nan, which JSON does not have
    update_json(run / FIGURES, content, durable=False)
    if picture and _outdated(run):
        _draw(predictions, run / PICTURE, title, notes)
    return _table(run, predictions, summary, title=title, notes=notes)


def draw_if_outdated(run: Path) -> None:
    """Draw the confusion matrix of a reported run, unless it is whole and as new as its figures.

    Raises:
        DamageError: If ``metrics.json`` was cut or edited.
    """
    figures = run / FIGURES
    if not figures.exists() or not _outdated(run):
        return
    try:
        content = read_json(figures)
        title, notes = content["run"], content["notes"]
    except (DamageError, KeyError, TypeError) as error:
        raise DamageError(
            f"{figures} was cut or edited; start ser.train again, which writes it anew."
        ) from error
    _draw(read_predictions(run), run / PICTURE, title, notes)


def _lacking(predictions: pd.DataFrame) -> list[str]:
    """Say which folds test fewer emotions, whose figures count as much in a mean over folds."""
    tested = predictions.groupby("fold")["truth"].nunique()
    lacking = tested.index[tested < len(class_set(predictions))]
    if not (folds := [int(fold) for fold in lacking]):
        return []
    its = "its" if len(folds) == 1 else "their"
    return [
        f"Not every emotion is tested in {several('fold', folds)}: {its} UAR is the mean recall of "
        "those that are."
    ]


def _outdated(run: Path) -> bool:
    """Whether the picture is absent, cut, or older than what it shows."""
    picture = run / PICTURE
    if not picture.is_file() or not _ends_with(picture, PNG_END):
        return True
    shown = (path for name in (PREDICTIONS, FIGURES) if (path := run / name).exists())
    return any(path.stat().st_mtime_ns > picture.stat().st_mtime_ns for path in shown)


def _ends_with(path: Path, end: bytes) -> bool:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - len(end)))
        return file.read(len(end)) == end


def _draw(predictions: pd.DataFrame, path: Path, title: str, notes: Sequence[str]) -> None:
    from ser.report.drawings.confusion import save_confusion  # noqa: PLC0415 - slow to import

    save_confusion(predictions, path, title, notes)


def _table(
    run: Path,
    predictions: pd.DataFrame,
    summary: Summary,
    *,
    title: str,
    notes: Sequence[str],
) -> Rows:
    table = Rows(title, "\n".join(notes))
    shown = compact_figures()
    for heading in ("fold", "test", "epochs", *(figure.heading for figure in shown), "s"):
        table.add_column(heading, numeric=True)
    sizes = predictions.groupby(["fold", "seed"]).size().tolist()
    facts = [read_facts(run / cell) for cell in summary["folds"]]
    for size, fact, (cell, found) in zip(sizes, facts, summary["folds"].items(), strict=True):
        row = [f"{figure_value(f, found).text}{f.unit}" for f in shown]
        seconds = number(fact.get("seconds")).text
        table.add_row(_short(cell), str(size), epochs(fact).text, *row, seconds)
    table.add_section()
    if len(facts) > 1:
        means = [f"{figure_value(f, summary['mean']).text}{f.unit}" for f in shown]
        table.add_row("mean", "", "", *means)
        spread = [f"± {figure_value(f, summary['sd']).text}" for f in shown]
        table.add_row("± sd", "", "", *spread)
    pooled = [f"{figure_value(f, summary['pooled']).text}{f.unit}" for f in shown]
    table.add_row("pooled", str(len(predictions)), "", *pooled, _total(facts), style="bold")
    return table


def _total(facts: Sequence[Facts]) -> str:
    return number(sum(fact.get("seconds", float("nan")) for fact in facts)).text


def _short(cell: str) -> str:
    """Name a cell in a table: its fold, and its seed if that is not the usual one."""
    fold, seed = (part.partition("-")[2] for part in cell.split("/"))
    return fold if seed == "0" else f"{fold} seed {seed}"

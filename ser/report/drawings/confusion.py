"""The confusion matrix: one drawing, on the page and as the picture of a run."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from markupsafe import Markup
from matplotlib.backends.backend_agg import FigureCanvasAgg

from ser.evaluation.confusions import confusion
from ser.report.drawings.canvas import Ink, bare, drawing, fitted, heat_map, ink, inline, on_paper
from ser.report.drawings.theme import HEAT_STEPS
from ser.runs.files import write_bytes
from ser.runs.predictions import labels_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TITLE, NOTE = 12, 8  # size of the font, in points


def counted_as(predictions: pd.DataFrame) -> str:
    """What the matrix shows, in a sentence; with several seeds each utterance counts for each."""
    seeds = predictions["seed"].nunique()
    of_all = f" of all {seeds} seeds" if seeds > 1 else ""
    return f"Counts{of_all}, shaded by the share of the true emotion."


def draw_confusion(predictions: pd.DataFrame, key: str, stamp: str) -> Markup:
    """Draw the confusion matrix on the page.

    Args:
        predictions: Predictions of a run.
        key: Word that no other drawing of the page has.
        stamp: What is written below the drawing.
    """
    labels = list(labels_of(predictions))
    matrix = confusion(predictions, labels)
    with drawing(4.6) as (figure, axes):
        _matrix(axes, matrix, labels, ink)
        right, all_ = matrix.diagonal(), matrix.sum(1)
        counts = ", ".join(f"{e} {right[i]} of {all_[i]} right" for i, e in enumerate(labels))
        return inline(figure, f"{key}-confusion", f"Confusion matrix: {counts}.", stamp)


def save_confusion(predictions: pd.DataFrame, path: Path, title: str, notes: Sequence[str]) -> None:
    """Draw the confusion matrix into a PNG file, stamped with what a reader must know.

    Args:
        predictions: Predictions of a run.
        path: PNG file to write.
        title: What was run; broken into lines where it is long.
        notes: What a reader must know to judge the matrix.
    """
    labels = list(labels_of(predictions))
    with drawing(6.5, width=6.5, colour=on_paper) as (figure, axes):
        canvas = FigureCanvasAgg(figure)
        _matrix(axes, confusion(predictions, labels), labels, on_paper)
        figure.suptitle(fitted(figure, title, TITLE), fontsize=TITLE)
        words = fitted(figure, "\n".join([counted_as(predictions), *notes]), NOTE)
        figure.supxlabel(words, fontsize=NOTE, color=on_paper("muted"))
        figure.set_facecolor(on_paper("card"))
        drawn = BytesIO()
        canvas.print_figure(drawn, format="png", dpi=120)
    write_bytes(path, drawn.getbuffer())


def _matrix(axes: Axes, matrix: np.ndarray, labels: Sequence[str], colour: Ink) -> None:
    share = matrix / matrix.sum(1, keepdims=True).clip(min=1)
    steps = np.rint(share * (HEAT_STEPS - 1)).astype(int)
    edges = np.arange(len(labels) + 1) - 0.5
    shown = np.ma.masked_where(matrix == 0, steps)
    heat: dict[str, Any] = {"cmap": heat_map(colour), "vmin": -0.5, "vmax": HEAT_STEPS - 0.5}
    axes.pcolormesh(edges, edges, shown, **heat)
    for (row, column), count in np.ndenumerate(matrix):
        letters = colour(f"on-heat-{steps[row, column]}") if count else colour("muted")
        weight = "bold" if row == column else "normal"
        place: dict[str, Any] = {"ha": "center", "va": "center", "weight": weight}
        axes.text(column, row, str(count) if count else "·", color=letters, **place)
    axes.set_xticks(range(len(labels)), labels, rotation=40, ha="right")
    axes.set_yticks(range(len(labels)), labels)
    axes.set(xlabel="predicted", ylabel="true", ylim=(len(labels) - 0.5, -0.5))
    bare(axes)

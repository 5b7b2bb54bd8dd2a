"""The design of the folds as a picture: who and what is on which side of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from markupsafe import Markup
from matplotlib.collections import PolyCollection
from matplotlib.patches import Patch

from ser.evaluation.design import UNKNOWN
from ser.folds.fold import SIDES
from ser.report.drawings.canvas import bare, drawing, ink, inline

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STYLE = {"train": ("pale", ""), "validation": ("", "////"), "test": ("blue", "")}
MOST_FOLDS, MOST_PARTS = 25, 30  # more than can be distinguished
BOX = 0.84  # side of a box; the distance of two is 1


def draw_design(design: pd.DataFrame, key: str, stamp: str) -> Markup:
    """Draw for each fold how each speaker and emotion is divided between the sides.

    Args:
        design: What ``design_of`` gives.
        key: Word that no other drawing of the page has.
        stamp: What is written below the drawing.
    """
    shown = design[design["fold"] < MOST_FOLDS]
    parts = {column: _parts(shown, column) for column in ("speaker", "emotion")}
    heights = [len(names) for names in parts.values()]
    with drawing(1.1 + 0.27 * sum(heights), 2, sharex=True, height_ratios=heights) as (figure, at):
        for axes, (column, names) in zip(at, parts.items(), strict=True):
            _divided(axes, shown, column, names)
        at[1].set_xlabel("fold")
        handles = [Patch(label=name, **_look(side)) for side, name in _legend(shown).items()]
        figure.legend(handles=handles, loc="outside upper center", ncols=len(SIDES))
        return inline(figure, f"{key}-design", _alt(design), stamp)


def _parts(design: pd.DataFrame, column: str) -> list[str]:
    names = sorted(design[column].unique(), key=lambda name: (name == UNKNOWN, name))
    return names[:MOST_PARTS]


def _legend(design: pd.DataFrame) -> dict[str, str]:
    sides = {side: side for side in SIDES if side in set(design["side"])}
    return sides if "train" in sides else {"train": "tested in another fold", **sides}


def _look(side: str) -> dict[str, Any]:
    fill, hatch = STYLE[side]
    colour = ink(fill) if fill else "none"
    return {"facecolor": colour, "hatch": hatch, "edgecolor": ink("blue"), "linewidth": 0.4}


def _divided(axes: Axes, design: pd.DataFrame, column: str, parts: list[str]) -> None:
    """Divide a box for each fold and part between the sides, by number of rows."""
    counts = _counts(design, column, parts)
    folds = counts.index.get_level_values(0).to_numpy(dtype=float)
    lines = pd.Index(parts).get_indexer(counts.index.get_level_values(1))
    ends = counts.div(counts.sum(axis=1), axis=0).cumsum(axis=1).to_numpy() * BOX - BOX / 2
    starts = np.column_stack([np.full(len(ends), -BOX / 2), ends[:, :-1]])
    for i, side in enumerate(SIDES):
        boxes = [
            _box(fold + start, fold + end, line)
            for fold, line, start, end in zip(folds, lines, starts[:, i], ends[:, i], strict=True)
            if end > start
        ]
        axes.add_collection(PolyCollection(boxes, **_look(side)))
    numbers = np.unique(folds)
    axes.set_xticks(numbers, [f"{number:.0f}" for number in numbers])
    axes.set_yticks(range(len(parts)), parts)
    axes.set(ylabel=column, xlim=(numbers[0] - 0.5, numbers[-1] + 0.5))
    axes.set_ylim(len(parts) - 0.5, -0.5)
    bare(axes)


def _counts(design: pd.DataFrame, column: str, parts: list[str]) -> pd.DataFrame:
    """Count rows by fold, part and side.

    Where test sides alone are known, what other folds test stands for the training side.
    """
    rows = design[design[column].isin(parts)]
    counts: pd.DataFrame = rows.groupby(["fold", column, "side"]).size().unstack(fill_value=0)
    counts = counts.reindex(columns=list(SIDES), fill_value=0)
    if not counts["train"].any():
        numbers = counts.index.get_level_values(0).unique()
        every = pd.MultiIndex.from_product([numbers, parts], names=counts.index.names)
        counts = counts.reindex(every, fill_value=0)
        counts["train"] = counts.groupby(level=1)["test"].transform("sum") - counts["test"]
    return counts


def _box(left: float, right: float, line: float) -> list[tuple[float, float]]:
    low, high = line - BOX / 2, line + BOX / 2
    return [(left, low), (right, low), (right, high), (left, high)]


def _alt(design: pd.DataFrame) -> str:
    tested = design[design["side"] == "test"].groupby("fold")
    speakers = tested["speaker"].agg(lambda names: ", ".join(sorted(set(names))))
    sizes = tested.size()
    return "Design of the folds. " + " ".join(
        f"Fold {fold} tests {sizes[fold]} rows of speakers {names}."
        for fold, names in speakers.items()
    )

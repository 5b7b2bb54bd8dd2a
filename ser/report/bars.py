"""Drawings of a run's figures: confusion matrix, recall of each emotion, UAR of each speaker."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ser.evaluation.figures import class_recalls, confusion, figures_by
from ser.evaluation.findings import Findings
from ser.report.markup import Markup
from ser.report.svg import ABOVE, bare, drawing, heat_map, ink, inline
from ser.report.theme import HEAT_STEPS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NAMED = 40  # more bars than this go without names


def draw_confusion(found: Findings, key: str, stamp: str) -> Markup:
    """Draw counts of truth against prediction, shaded by the share of the truth."""
    labels = list(found.run.labels)
    matrix = confusion(found.run.predictions, labels)
    share = matrix / matrix.sum(1, keepdims=True).clip(min=1)
    steps = np.rint(share * (HEAT_STEPS - 1)).astype(int)
    shown = np.ma.masked_where(matrix == 0, steps)
    with drawing(4.6) as (figure, axes):
        edges = np.arange(len(labels) + 1) - 0.5
        axes.pcolormesh(edges, edges, shown, cmap=heat_map(), vmin=-0.5, vmax=HEAT_STEPS - 0.5)
        for (row, column), count in np.ndenumerate(matrix):
            colour = ink(f"on-heat-{steps[row, column]}") if count else ink("muted")
            weight = "bold" if row == column else "normal"
            place = {"ha": "center", "va": "center", "weight": weight}
            axes.text(column, row, str(count) if count else "·", color=colour, **place)
        axes.set_xticks(range(len(labels)), labels, rotation=40, ha="right")
        axes.set_yticks(range(len(labels)), labels)
        axes.set(xlabel="predicted", ylabel="true", ylim=(len(labels) - 0.5, -0.5))
        bare(axes)
        right, all_ = matrix.diagonal(), matrix.sum(1)
        told = ", ".join(f"{e} {right[i]} of {all_[i]} right" for i, e in enumerate(labels))
        return inline(figure, f"{key}-confusion", f"Confusion matrix: {told}.", stamp)


def draw_recalls(found: Findings, key: str, stamp: str) -> Markup:
    """Draw the recall of each emotion, beside the pooled UAR and chance."""
    recalls = class_recalls(found.run.predictions, list(found.run.labels))
    counts = found.run.predictions["truth"].value_counts()
    names = [f"{emotion} ({counts.get(emotion, 0)})" for emotion in recalls.index]
    with drawing(0.7 + 0.34 * max(len(names), 4)) as (figure, axes):
        _bars(axes, names, recalls.to_numpy(), found)
        axes.set_xlabel("recall (%)")
        told = ", ".join(f"{e} {_percent(value)}" for e, value in recalls.items())
        return inline(figure, f"{key}-recalls", f"Recall of each emotion: {told}.", stamp)


def draw_speakers(found: Findings, key: str, stamp: str) -> Markup:
    """Draw the UAR of each speaker; a star is put to those that lack an emotion."""
    table = figures_by(found.run.predictions, "speaker")
    names = [
        f"{speaker}{'*' if row['absent'] else ''} ({row['predictions']})"
        for speaker, row in table.iterrows()
    ]
    height = 0.34 if len(names) <= NAMED else 0.08
    with drawing(0.7 + height * max(len(names), 4)) as (figure, axes):
        _bars(axes, names, table["uar"].to_numpy(), found)
        axes.set_xlabel("UAR (%)")
        low, high = table["uar"].min(), table["uar"].max()
        alt = f"UAR of {len(names)} speakers, from {_percent(low)} to {_percent(high)}."
        return inline(figure, f"{key}-speakers", alt, stamp)


def _bars(axes: Axes, names: Sequence[str], shares: np.ndarray, found: Findings) -> None:
    places = np.arange(len(names))
    values = np.nan_to_num(shares * 100)
    few = len(names) <= NAMED
    axes.barh(places, values, height=0.68 if few else 1.0, color=ink("blue"))
    axes.set_yticks(places if few else [], names if few else [])
    axes.set(xlim=(0, 112 if few else 100), ylim=(len(names) - 0.4, -0.6))
    axes.set_xticks(range(0, 101, 20))
    for place, share in zip(places, shares, strict=True) if few else ():
        axes.text(111, float(place), _percent(share), va="center", ha="right")
    _line(axes, found.pooled["uar"] * 100, "UAR of all", "-")
    _line(axes, 100 / len(found.run.labels), "chance", ":")
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.legend(**ABOVE)


def _line(axes: Axes, at: float, name: str, style: str) -> None:
    axes.axvline(at, color=ink("vermilion"), linestyle=style, label=name)


def _percent(share: float) -> str:
    return "–" if np.isnan(share) else f"{share * 100:.0f}"

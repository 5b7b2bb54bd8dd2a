"""Bars of a run's figures: recall of each emotion, UAR of each speaker."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from ser.evaluation.figures import class_recalls, figures_by
from ser.evaluation.findings import Findings
from ser.report.drawings.canvas import ABOVE, drawing, ink, inline

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NAMED = 40  # more bars than this go without names


def draw_recalls(found: Findings, key: str, stamp: str) -> Markup:
    """Draw the recall of each emotion, beside the pooled UAR and chance."""
    recalls = class_recalls(found.run.predictions, list(found.run.labels))
    counts = found.run.predictions["truth"].value_counts()
    names = [f"{emotion} ({counts.get(emotion, 0)})" for emotion in recalls.index]
    with drawing(0.7 + 0.34 * max(len(names), 4)) as (figure, axes):
        _bars(axes, names, recalls.to_numpy(), found)
        axes.set_xlabel("recall (%)")
        words = ", ".join(f"{e} {_percent(value)}" for e, value in recalls.items())
        return inline(figure, f"{key}-recalls", f"Recall of each emotion: {words}.", stamp)


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

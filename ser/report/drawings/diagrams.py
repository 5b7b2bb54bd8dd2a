"""Drawings of what lies behind the figures: recalls, speakers, calibration, learning curves."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from markupsafe import Markup
from matplotlib.ticker import MaxNLocator

from ser.evaluation.figures import class_recalls, figures_by
from ser.evaluation.findings import Findings
from ser.report.drawings.canvas import ABOVE, drawing, ink, inline
from ser.runs.files import read_bytes
from ser.runs.layout import CURVES as LOG
from ser.runs.reading import Run
from ser.system.counted import counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CURVES = {"train/loss": ("train", "-", "blue"), "val/loss": ("validation", "--", "vermilion")}
MANY = 12  # more cells than this, and single curves grow faint
LONGEST = 2**26  # bytes of a log
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
        alt = f"UAR of {counted(len(names), 'speaker')}, from {_percent(low)} to {_percent(high)}."
        return inline(figure, f"{key}-speakers", alt, stamp)


def draw_reliability(found: Findings, key: str, stamp: str) -> Markup:
    """Draw accuracy against confidence, above the number of predictions in each bin."""
    bins = found.reliability
    if bins is None:
        return Markup("")
    left, width = bins.edges[:-1], np.diff(bins.edges)
    with drawing(4.6, rows=2, sharex=True, height_ratios=(3, 1)) as (figure, (above, below)):
        side: dict[str, Any] = {"width": width, "align": "edge"}
        gap = {"hatch": "////", "facecolor": "none", "edgecolor": ink("vermilion"), "linewidth": 0}
        accuracy, confidence = np.nan_to_num(bins.accuracy), np.nan_to_num(bins.confidence)
        above.bar(left, accuracy, color=ink("blue"), label="accuracy", **side)
        above.bar(left, confidence - accuracy, bottom=accuracy, label="gap", **side, **gap)
        above.plot([0, 1], [0, 1], ":", color=ink("ink"), label="perfect")
        above.legend(**ABOVE)
        above.set(ylabel="accuracy", xlim=(0, 1), ylim=(0, 1))
        below.bar(left, bins.count, color=ink("muted"), **side)
        below.set(xlabel="confidence", ylabel="predictions")
        alt = f"Reliability diagram: expected calibration error {bins.error * 100:.1f} %."
        return inline(figure, f"{key}-reliability", alt, stamp)


def curves_of(run: Run) -> pd.DataFrame:
    """Logged values of every finished cell, one row an epoch; no figure comes from them.

    Returns:
        Columns ``fold``, ``seed``, ``epoch`` and whatever was logged, such as ``train/loss``,
        ``val/loss`` and ``val/uar``; empty if there are no logs, as in kept evidence and where
        the learner has no epochs.
    """
    tables = []
    for cell in run.finished:
        path = cell.folder / LOG
        if path.exists():
            with suppress(ValueError, KeyError):  # no figure comes from a log that was cut
                tables.append(_epochs(path).assign(fold=cell.fold, seed=cell.seed))
    whole: pd.DataFrame = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
    return whole


def _epochs(path: Path) -> pd.DataFrame:
    """Logged values by epoch; training and validation are logged on lines of their own."""
    logged = pd.read_csv(BytesIO(read_bytes(path, LONGEST))).apply(pd.to_numeric, errors="coerce")
    whole: pd.DataFrame = logged.groupby("epoch").last().reset_index()
    return whole


def draw_curves(curves: pd.DataFrame, found: Findings, key: str, stamp: str) -> Markup:
    """Draw the loss, and the validation UAR where there is a validation side.

    A thin line is a fold, the thick one their mean over the folds that got so far; a dot is the
    epoch that was chosen.
    """
    validated = "val/uar" in curves
    with drawing(4.6 if validated else 2.8, rows=2 if validated else 1, sharex=True) as (
        figure,
        at,
    ):
        loss = at[0] if validated else at
        for column, (name, style, colour) in CURVES.items():
            _curves(loss, curves, column, {"linestyle": style, "color": ink(colour)}, name)
        loss.set(ylabel="loss")
        loss.set_ylim(bottom=0)
        loss.legend(**ABOVE)
        if validated:
            look = {"linestyle": "--", "color": ink("vermilion")}
            _curves(at[1], curves, "val/uar", look, "validation")
            _chosen(at[1], curves, found)
            at[1].set(ylabel="validation UAR", ylim=(0, 1))
        (at[1] if validated else loss).set_xlabel("epoch")
        loss.xaxis.set_major_locator(MaxNLocator(integer=True))
        last = int(curves["epoch"].max()) + 1
        cells = counted(len(found.run.finished), "training")
        alt = f"Learning curves of {cells} over up to {counted(last, 'epoch')}."
        return inline(figure, f"{key}-curves", alt, stamp)


def _curves(axes: Axes, curves: pd.DataFrame, column: str, look: dict[str, Any], name: str) -> None:
    if column not in curves:
        return
    cells = curves.dropna(subset=[column]).groupby(["fold", "seed"])
    faint = 0.35 if len(cells) <= MANY else 0.15
    for _, cell in cells:
        axes.plot(cell["epoch"] + 1, cell[column], linewidth=0.7, alpha=faint, **look)
    mean = curves.groupby("epoch")[column].mean().dropna()
    axes.plot(mean.index + 1, mean, linewidth=2, label=name, **look)


def _chosen(axes: Axes, curves: pd.DataFrame, found: Findings) -> None:
    """Mark the epoch that each cell was taken from."""
    values = curves.set_index(["fold", "seed", "epoch"])["val/uar"]
    chosen = {key: fact.get("chosen_epoch") for key, fact in found.run.facts.items()}
    points = [
        (epoch, values.loc[fold, seed, epoch - 1])
        for (fold, seed), epoch in chosen.items()
        if epoch is not None and (fold, seed, epoch - 1) in values.index
    ]
    if points:
        axes.plot(*zip(*points, strict=True), "o", color=ink("ink"), markersize=4, label="chosen")
        axes.legend(**ABOVE)


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

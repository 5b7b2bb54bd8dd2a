"""The part of the page about one run."""

from __future__ import annotations

from dataclasses import dataclass, field

from markupsafe import Markup

from ser.evaluation.design import UNKNOWN as NAMELESS
from ser.evaluation.design import has_both_sides
from ser.evaluation.figure import FIGURES
from ser.evaluation.findings import Findings
from ser.report.drawings.confusion import counted_as, draw_confusion
from ser.report.drawings.diagrams import (
    curves_of,
    draw_curves,
    draw_recalls,
    draw_reliability,
    draw_speakers,
)
from ser.report.drawings.folds import draw_design
from ser.report.sheets import details
from ser.report.sheets.overview import fold_count, parameters_of
from ser.report.sheets.robustness import robustness_sheets
from ser.report.sheets.sheet import Sheet, figure_value, number

DIAGONAL = "Right answers are on the diagonal."
RECALLS = "Share of each emotion that was recognised; in brackets, how many predictions it has."
SPEAKERS = (
    "UAR of each speaker; in brackets, how many predictions. A star marks a speaker who lacks an "
    "emotion and has the mean of the others."
)
RELIABILITY = (
    "How often predictions of a confidence are right. Hatched is the gap between the two; its mean "
    "over all predictions is the expected calibration error."
)
CURVES = (
    "A thin line is a fold, a thick one the mean of those that got so far. From the logs, for "
    "diagnosis alone: no figure of this page comes from here."
)
DESIGN = "How the rows of a speaker or an emotion are divided in each fold, by their number."
TESTED = (
    " Kept evidence does not say what was trained on, so a box stands for all rows that some fold "
    "tests."
)
UNDRAWN = (
    "Not drawn: what is here does not name the speakers on the training side of these folds. "
    "Once every fold is finished, their predictions do."
)


@dataclass(frozen=True)
class Entry:
    """A number of a run at a glance.

    Args:
        name: What it is called.
        value: The number.
        unit: What it is measured in.
        remarks: What belongs below it, such as its interval.
    """

    name: str
    value: str
    unit: str = ""
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Card:
    """A drawing with its title, and the numbers behind it.

    Args:
        title: What it shows.
        drawn: The drawing; empty where that of another run is the same.
        caption: How to read it.
        numbers: The same as a table.
        twin: Id and name of the run whose drawing is the same.
    """

    title: str
    drawn: Markup
    caption: str = ""
    numbers: Sheet | None = None
    twin: tuple[str, str] | None = None


@dataclass(frozen=True)
class Section:
    """Everything there is to show of a run.

    Args:
        key: Id of the section.
        found: Figures of the run.
        strip: Its numbers at a glance; empty, like the rest, before the first finished fold.
        cards: Its drawings.
        sheets: Its tables.
        environment: Where it was trained.
    """

    key: str
    found: Findings
    strip: list[Entry] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)
    sheets: list[Sheet] = field(default_factory=list)
    environment: Sheet | None = None


def section_of(found: Findings, key: str, twin: tuple[str, str] | None = None) -> Section:
    """Collect what there is to show of a run.

    Args:
        found: Figures of the run.
        key: Id of the section.
        twin: Id and name of a run further up with the same folds; their picture is not repeated.
    """
    if not found.run.finished:
        return Section(key, found)
    tables = (details.confusions, details.confident_errors, details.folds)
    sheets = [*robustness_sheets(found.run), *(make(found) for make in tables)]
    return Section(
        key, found, strip(found), _cards(found, key, twin), sheets, details.environment(found.run)
    )


def strip(found: Findings) -> list[Entry]:
    """Show every pooled figure with its interval, and the cost of the run; the UAR first."""
    entries = [
        Entry(
            figure.heading,
            figure_value(figure, found.pooled).text,
            figure.unit,
            _intervals(found, name, full=not i),
        )
        for i, (name, figure) in enumerate(FIGURES.items())
    ]
    minutes = number(found.run.minutes, "{:,.1f}").text
    return [
        *entries,
        Entry("folds", fold_count(found.run).text),
        Entry("training", minutes, "min"),
        Entry("parameters", number(parameters_of(found.run)).text),
    ]


def _intervals(found: Findings, name: str, *, full: bool) -> tuple[str, ...]:
    """Write both intervals of a figure and what they are over, or the one over speakers alone."""
    figure = FIGURES[name]
    spans = {
        unit: (f"{figure.shown(at[name].low)}–{figure.shown(at[name].high)}", at[name])
        for unit, at in found.intervals.items()
        if name in at
    }
    if full:
        return tuple(f"{words} over {at.clusters} {at.unit}s" for words, at in spans.values())
    return tuple(words for unit, (words, _) in spans.items() if unit == "speaker")


def _cards(found: Findings, key: str, twin: tuple[str, str] | None) -> list[Card]:
    stamp = f"{found.run.name} · protocol={found.stamp.short}"
    drawn = draw_confusion(found.run.predictions, key, stamp)
    recalls, speakers = draw_recalls(found, key, stamp), draw_speakers(found, key, stamp)
    cards = [
        Card("Confusion matrix", drawn, f"{counted_as(found.run.predictions)} {DIAGONAL}"),
        Card("Recall of each emotion", recalls, RECALLS, details.recalls(found)),
        Card("Speakers", speakers, SPEAKERS, details.speakers(found)),
        Card("Reliability", draw_reliability(found, key, stamp), RELIABILITY),
    ]
    curves = curves_of(found.run)
    if len(curves):
        cards.append(Card("Learning curves", draw_curves(curves, found, key, stamp), CURVES))
    return [*cards, _design(found, key, stamp, twin)]


def _design(found: Findings, key: str, stamp: str, twin: tuple[str, str] | None) -> Card:
    if twin:
        return Card("Design of the folds", Markup(""), twin=twin)
    design, known = found.design, has_both_sides(found.design)
    if NAMELESS in set(design["speaker"]) or not (known or found.run.complete):
        return Card("Design of the folds", Markup(""), UNDRAWN)
    drawn = draw_design(design if known else design[design["side"] == "test"], key, stamp)
    return Card("Design of the folds", drawn, DESIGN + ("" if known else TESTED))

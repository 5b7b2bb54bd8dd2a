"""The part of the page about one run."""

from __future__ import annotations

from ser.evaluation.findings import Findings
from ser.report import details
from ser.report.bars import draw_confusion, draw_recalls, draw_speakers
from ser.report.curves import curves_of
from ser.report.diagrams import draw_curves, draw_reliability
from ser.report.environment import environment
from ser.report.fold_picture import draw_design
from ser.report.markup import Child, Markup, breakable, element
from ser.report.sheet_html import sentence, table
from ser.report.strip import strip
from ser.report.tables import Sheet

CONFUSION = "Counts, shaded by the share of the true emotion. Right answers are on the diagonal."
RECALLS = "Share of each emotion that was recognised; in brackets, how many predictions it has."
SPEAKERS = (
    "UAR of each speaker; in brackets, how many predictions. A star marks who lacks an emotion, "
    "and has the mean of the others."
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


def section(found: Findings, key: str, twin: tuple[str, str] | None = None) -> Markup:
    """Show everything there is to show of a run.

    Args:
        found: Figures of the run.
        key: Id of the section.
        twin: Id and name of a run further up with the same folds; their picture is not repeated.
    """
    name = found.run.name
    variant = element("span", name.variant, class_="variant") if name.variant else None
    parts: list[Child] = [
        element("h2", breakable(name.plain), variant),
        [*map(sentence, found.stamp.notes)],
    ]
    if found.run.finished:
        parts += [
            strip(found),
            element("div", _drawings(found, key, twin), class_="drawings"),
            [
                _titled(sheet)
                for sheet in (details.confusions(found), details.confident_errors(found))
            ],
            _titled(details.folds(found)),
            _folded("Environment", table(environment(found.run))),
        ]
    code = element("pre", element("code", found.run.config), tabindex="0")
    return element("section", parts, _folded("Configuration", code), id=key, class_="run")


def _drawings(found: Findings, key: str, twin: tuple[str, str] | None) -> list[Markup]:
    stamp = f"{found.run.name} · protocol={found.stamp.short}"
    cards = [
        _card("Confusion matrix", draw_confusion(found, key, stamp), CONFUSION),
        _card(
            "Recall of each emotion",
            draw_recalls(found, key, stamp),
            RECALLS,
            details.recalls(found),
        ),
        _card("Speakers", draw_speakers(found, key, stamp), SPEAKERS, details.speakers(found)),
        _card("Reliability", draw_reliability(found, key, stamp), RELIABILITY),
    ]
    curves = curves_of(found.run)
    if len(curves):
        drawn = draw_curves(curves, found, key, stamp)
        cards.append(_card("Learning curves", drawn, CURVES))
    return [*cards, _design(found, key, stamp, twin)]


def _design(found: Findings, key: str, stamp: str, twin: tuple[str, str] | None) -> Markup:
    if twin:
        link = element("a", twin[1], href=f"#{twin[0]}")
        words = element("p", "The same folds as ", link, ", which has their picture.")
        return _card("Design of the folds", words, None)
    drawn = draw_design(found.design, key, stamp)
    known = "train" in set(found.design["side"])
    lack = "" if known else " Kept evidence does not say what was trained on."
    return _card("Design of the folds", drawn, DESIGN + lack)


def _card(title: str, drawn: Child, caption: str | None, sheet: Sheet | None = None) -> Markup:
    numbers = _folded("Numbers", table(sheet)) if sheet else None
    words = element("figcaption", element("h3", title), caption and element("p", caption))
    return element("figure", words, drawn, numbers, class_="card")


def _titled(sheet: Sheet) -> Markup:
    return Markup(element("h3", sheet.title) + table(sheet))


def _folded(summary: str, content: Child) -> Markup:
    return element("details", element("summary", summary), content)

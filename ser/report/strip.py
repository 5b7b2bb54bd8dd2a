"""The figures of a run at a glance, at the head of its section."""

from __future__ import annotations

from ser.evaluation.figures import FIGURES
from ser.evaluation.findings import Findings
from ser.report.headings import HEADINGS
from ser.report.markup import Markup, element
from ser.report.overview import fold_count, parameters_of
from ser.report.tables import number, percent, span


def strip(found: Findings) -> Markup:
    """Show pooled figures, calibration and cost as a row of numbers; the UAR first."""
    run = found.run
    shown = [_entry("UAR", percent(found.pooled["uar"]).text, "%", _intervals(found))]
    for name in FIGURES[1:]:
        shown.append(_entry(HEADINGS[name], percent(found.pooled[name]).text, "%"))
    if found.reliability:
        error = percent(found.reliability.error).text
        shown.append(_entry("calibration error", error, "%"))
    shown.append(_entry("folds", fold_count(run).text))
    shown.append(_entry("training", number(run.minutes, "{:,.1f}").text, "min"))
    shown.append(_entry("parameters", number(parameters_of(run)).text))
    return element("dl", shown, class_="strip")


def _intervals(found: Findings) -> list[str]:
    return [
        f"{span(at.low, at.high, '–').text} over {at.clusters} {at.unit}s"
        for at in found.intervals.values()
    ]


def _entry(name: str, value: str, unit: str = "", remarks: list[str] | None = None) -> Markup:
    sized = element("span", unit, class_="unit") if unit else None
    told = [element("dd", remark, class_="remark") for remark in remarks or ()]
    look = "first" if remarks else None
    return element("div", element("dt", name), element("dd", value, sized), told, class_=look)

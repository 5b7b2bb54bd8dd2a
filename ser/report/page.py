"""The page: one HTML file that needs nothing but itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from ser.evaluation.calibration import BINS
from ser.evaluation.distinctions import Label
from ser.evaluation.findings import Findings
from ser.evaluation.groups import signature
from ser.report import templating
from ser.report.drawings.theme import variables
from ser.report.run_section import Section, section_of
from ser.report.sheets.overview import corpora_of, labels_of_all
from ser.report.sheets.sheet import Sheet
from ser.system.counted import counted
from ser.system.version import __version__

# A page that could fetch something would show another thing elsewhere.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
LONGEST = 50  # letters of the corpora that a title names, where it has several

TERMS = {
    "UAR": "unweighted average recall: the mean over the emotions of the share recognised. "
    "Chance is one over the number of emotions, however many utterances each has.",
    "95 %": "bootstrap interval of a pooled figure. Over utterances: what if other sentences of "
    "these speakers had been recorded? Over speakers: what if other people had spoken? The latter "
    "is the one to quote where no speaker is on both sides of a fold. Neither retrains a network.",
    "Calibration error": f"expected calibration error: the mean gap between confidence and "
    f"accuracy in {BINS} bins of equal width, weighted by their predictions (Guo et al., On "
    "calibration of modern neural networks, ICML 2017). Lower is better.",
    "Log loss": "mean of the negative logarithm of the probability that the true emotion was "
    "given. Lower is better; whoever gives every emotion the same probability has the logarithm "
    "of their number.",
    "protocol=honest": "scaler, augmentation and the choice of the epoch see the training side "
    "alone.",
    "LEAKS": "the test side reached the training side. Such figures are here to be explained, not "
    "to be compared.",
    "Selected on test": "a run that was picked because it came first on the test folds looks "
    "better than it is. Pick by the validation side, then read the test figure once.",
}


@dataclass(frozen=True)
class Entry:
    """A line of the contents.

    Args:
        key: Id of what it leads to.
        words: What it is called.
        remark: What tells it from its neighbours.
        warning: Why its figures are not to be compared; mostly empty.
    """

    key: str
    words: str
    remark: str = ""
    warning: str = ""


def page(findings: Sequence[Findings], sheets: Sequence[Sheet]) -> str:
    """Build the page.

    Args:
        findings: Runs, in the order in which they are shown.
        sheets: Tables of all runs, shown before the runs; the first has a row for each.
    """
    keys = [f"run-{i}" for i in range(1, len(findings) + 1)]
    return framed(
        "page.html.j2",
        _title(findings),
        _lead(findings),
        _contents(findings, sheets, keys),
        sheets=[(f"table-{i}", sheet) for i, sheet in enumerate(sheets, 1)],
        links=[f"#{key}" for key in keys],
        runs=_sections(findings, keys),
        terms=TERMS,
    )


def framed(template: str, title: str, lead: str, contents: Sequence[Entry], **content: Any) -> str:
    """Fill a template that extends ``layout.html.j2``.

    Args:
        template: Its name.
        title: Heading of the page.
        lead: What stands below the heading.
        contents: Lines of the contents.
        content: What the template shows itself.
    """
    frame = {"policy": Markup(POLICY), "colours": Markup(variables())}
    return templating.html(template, title=title, lead=lead, contents=contents, **frame, **content)


def _title(findings: Sequence[Findings]) -> str:
    count = f"{len(findings)} runs" if len(findings) > 1 else "One run"
    corpora = corpora_of(findings)
    named = " and ".join(corpora)
    many = len(corpora) > 1 and len(named) > LONGEST
    return f"{count} on {f'{len(corpora)} corpora' if many else named}"


def _lead(findings: Sequence[Findings]) -> str:
    cells = sum(len(found.run.finished) for found in findings)
    marked = sum(bool(found.stamp.mark) for found in findings)
    warned = (
        f" Marked for a leak, shuffled labels or what they know of tested audio: {marked} of "
        f"{len(findings)} runs."
        if marked
        else ""
    )
    corpora = corpora_of(findings)
    named = f" Corpora: {', '.join(corpora)}." if len(corpora) > 1 else ""
    return (
        "Every figure is computed anew from the predictions of "
        f"{counted(cells, 'finished fold')}, by ser {__version__}; none is read back from "
        f"logs.{warned}{named}"
    )


def _contents(
    findings: Sequence[Findings], sheets: Sequence[Sheet], keys: Sequence[str]
) -> list[Entry]:
    entries = [Entry(f"table-{i}", sheet.title) for i, sheet in enumerate(sheets, 1)]
    corpora = corpora_of(findings)
    for key, found, label in zip(keys, findings, labels_of_all(findings), strict=True):
        words, settings = _words(label, corpora), ", ".join(label.settings)
        entries.append(Entry(key, words, settings, found.stamp.warning))
    return [*entries, Entry("guide", "How to read this page")]


def _words(label: Label, corpora: Sequence[str]) -> str:
    parts = [label.model, label.cv]
    return "/".join([label.corpus, *parts] if len(corpora) > 1 else parts)


def _sections(findings: Sequence[Findings], keys: Sequence[str]) -> list[Section]:
    """Sections of the runs; those that share their folds share one picture of them."""
    seen: dict[str, tuple[str, str]] = {}
    sections = []
    for key, found in zip(keys, findings, strict=True):
        mark = _folds_mark(found) if found.run.finished else key
        sections.append(section_of(found, key, seen.get(mark)))
        seen.setdefault(mark, (key, str(found.run.name)))
    return sections


def _folds_mark(found: Findings) -> str:
    """Equal where two runs have the same rows on the same sides of the same folds."""
    sides: str = found.design.sort_values(["fold", "side", "id", "view"]).to_csv(index=False)
    return signature(found.run.predictions) + sides

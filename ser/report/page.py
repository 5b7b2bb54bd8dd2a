"""The page: one HTML file that needs nothing but itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from ser import __version__
from ser.evaluation.findings import Findings
from ser.report.comparisons import signature
from ser.report.guide import guide
from ser.report.markup import Child, Markup, breakable, element
from ser.report.section import section
from ser.report.sheet_html import table
from ser.report.tables import Sheet
from ser.report.theme import variables

# A page that could fetch something would show another thing elsewhere.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"


def page(findings: Sequence[Findings], sheets: Sequence[Sheet]) -> str:
    """Build the page.

    Args:
        findings: Runs, in the order in which they are shown.
        sheets: Tables of all runs, shown before the runs; the first has a row for each.
    """
    keys = [f"run-{i}" for i in range(1, len(findings) + 1)]
    tables = [(f"table-{i}", sheet) for i, sheet in enumerate(sheets, 1)]
    title = _title(findings)
    main = element(
        "main",
        element("header", element("h1", title), element("p", _lead(findings), class_="lead")),
        [_overall(key, sheet, keys if not i else ()) for i, (key, sheet) in enumerate(tables)],
        list(_sections(findings, keys)),
        guide(),
    )
    body = element("body", _contents(tables, findings, keys), main, _script())
    return f"<!doctype html>\n{element('html', _head(title), body, lang='en')}\n"


def _title(findings: Sequence[Findings]) -> str:
    corpora = sorted({found.run.name.corpus for found in findings})
    count = f"{len(findings)} runs" if len(findings) > 1 else "One run"
    return f"{count} on {' and '.join(corpora)}"


def _lead(findings: Sequence[Findings]) -> str:
    cells = sum(len(found.run.finished) for found in findings)
    marked = sum(bool(found.stamp.mark) for found in findings)
    warned = (
        f" Marked for a leak or for shuffled labels: {marked} of {len(findings)} runs."
        if marked
        else ""
    )
    return (
        f"Every figure is computed anew from the predictions of {cells} finished folds, by ser "
        f"{__version__}, and none is read back from logs.{warned}"
    )


def _head(title: str) -> Markup:
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        Markup(f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'),
        element("meta", name="color-scheme", content="light dark"),
        element("title", f"{title} · ser"),
        element("link", rel="icon", href="data:,"),
        element("style", Markup(variables() + _file("page.css"))),
    )


def _contents(
    tables: Sequence[tuple[str, Sheet]], findings: Sequence[Findings], keys: Sequence[str]
) -> Markup:
    entries = [_entry(key, sheet.title) for key, sheet in tables]
    for key, found in zip(keys, findings, strict=True):
        warned = element("span", "leaks" if found.stamp.leaks else "shuffled labels", class_="leak")
        entries.append(_entry(key, str(found.run.name), warned if found.stamp.mark else None))
    entries.append(_entry("guide", "How to read this page"))
    items = element("ol", entries)
    return element("nav", element("h2", "Contents"), items, aria_label="Contents")


def _entry(key: str, words: str, remark: Child = None) -> Markup:
    link = element("a", breakable(words), href=f"#{key}")
    return element("li", link, " " if remark else None, remark)


def _overall(key: str, sheet: Sheet, runs: Sequence[str]) -> Markup:
    links = [f"#{run}" for run in runs]
    return element("section", element("h2", sheet.title), table(sheet, links), id=key)


def _sections(findings: Sequence[Findings], keys: Sequence[str]) -> Iterator[Markup]:
    """Sections of the runs; those that share their folds share one picture of them."""
    seen: dict[str, tuple[str, str]] = {}
    for key, found in zip(keys, findings, strict=True):
        mark = _folds_mark(found) if found.run.finished else key
        yield section(found, key, seen.get(mark))
        seen.setdefault(mark, (key, str(found.run.name)))


def _folds_mark(found: Findings) -> str:
    """Equal where two runs have the same rows on the same sides of the same folds."""
    sides: str = found.design.sort_values(["fold", "side", "id", "view"]).to_csv(index=False)
    return signature(found.run.predictions) + sides


def _script() -> Markup:
    return element("script", Markup(_file("page.js")))


def _file(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")

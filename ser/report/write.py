"""Write a report of runs: a table for the terminal, Markdown, LaTeX and a page."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rich.console import Group

from ser.evaluation.findings import findings_of
from ser.report.comparisons import comparisons
from ser.report.documents import latex_document, markdown_document
from ser.report.gaps import lacking
from ser.report.order import ordered, refuse_order
from ser.report.overview import compact_overview, overview
from ser.report.page import page
from ser.report.terminal import terminal
from ser.runs.files import write_text
from ser.runs.reading import find_runs


def write_report(folders: Iterable[Path], output: Path, sort: str = "name") -> Group:
    """Report every run in and below some folders.

    Args:
        folders: Folders of runs, or folders above them.
        output: Folder for ``report.html``, ``report.md`` and ``report.tex``.
        sort: ``"name"``, or a figure; whoever sorts by a figure selects on test, and the report
            says so.

    Returns:
        The tables, for the terminal.

    Raises:
        RunError: If there is no run, or a run mixes configurations.
        ConfigError: If there is no such order.
    """
    refuse_order(sort)
    findings = ordered(map(findings_of, find_runs(folders)), sort)
    gaps = lacking([found.run for found in findings])
    rest = [*([gaps] if gaps.rows else []), *comparisons(findings)]
    sheets = [overview(findings, sort), *rest]
    write_text(output / "report.html", page(findings, sheets))
    write_text(output / "report.md", markdown_document(findings, sheets))
    write_text(output / "report.tex", latex_document(sheets))
    return Group(*map(terminal, [compact_overview(findings, sort), *rest]))

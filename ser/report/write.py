"""Write a report of runs: a table for the terminal, Markdown, LaTeX and a page."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rich.console import Group

from ser.errors import check_choice
from ser.evaluation.findings import findings_of
from ser.evaluation.groups import comparable
from ser.evaluation.ranking import ordered, orders
from ser.report.documents import latex_document, markdown_document
from ser.report.page import page
from ser.report.sheets import comparisons, paper
from ser.report.sheets.gaps import lacking
from ser.report.sheets.overview import compact_overview, overview
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
    check_choice("sort", sort, orders())
    findings = ordered(map(findings_of, find_runs(folders)), sort)
    gaps = lacking([found.run for found in findings])
    lacks = [gaps] if gaps.rows else []
    groups = comparable(findings)
    whole = [overview(findings, sort), *lacks, *map(comparisons.comparison, groups)]
    short = [*lacks, *map(paper.comparison, groups)]
    write_text(output / "report.html", page(findings, whole))
    write_text(output / "report.md", markdown_document(findings, whole))
    write_text(output / "report.tex", latex_document([*paper.results(findings, sort), *short]))
    return Group(*map(terminal, [compact_overview(findings, sort), *short]))

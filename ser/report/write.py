"""Write a report of runs: a table for the terminal, Markdown, LaTeX and a page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Group

from ser.errors import DamageError, check_choice
from ser.evaluation.findings import Findings, findings_of
from ser.evaluation.groups import comparable
from ser.evaluation.ranking import ordered, orders
from ser.report import templating
from ser.report.page import page
from ser.report.sheets import comparisons, details, paper
from ser.report.sheets.matrix import matrices
from ser.report.sheets.overview import compact_overview, lacking, overview
from ser.report.sheets.robustness import robustness_sheets
from ser.report.sheets.sheet import Sheet
from ser.report.terminal import terminal
from ser.runs.files import write_text
from ser.runs.reading import find_runs
from ser.system.counted import counted
from ser.system.few import few

PER_RUN = (details.recalls, details.speakers, details.confusions, details.folds)
WIDE = 24  # letters, from which a column of words is set in lines
ROOM = 0.34  # of the width of a page, for all columns that are set in lines
FEW, MANY = 20, 40  # rows that a page holds, of several lines each and of one


def write_report(
    folders: Iterable[Path],
    output: Path,
    sort: str = "name",
    show: Callable[[Group], object] = bool,
) -> None:
    """Report every run in and below some folders.

    Args:
        folders: Folders of runs, or folders above them.
        output: Folder for ``report.html``, ``report.md`` and ``report.tex``.
        sort: ``"name"``, or a figure; whoever sorts by a figure selects on test, and the report
            says so.
        show: Takes the tables for the terminal, before the disk is asked to keep any file.

    Raises:
        RunError: If there is no run, or a run mixes configurations; of a run that does not say what
            it is of, once the others are reported.
        StorageError: If a file cannot be written.
        ConfigError: If there is no such order.
    """
    check_choice("sort", sort, orders())
    lost: list[DamageError] = []
    runs = find_runs(folders, lost)
    if not runs:
        raise lost[0]
    write_findings(ordered(map(findings_of, runs), sort), output, sort, show)
    if lost:
        others = counted(len(runs), "run")
        raise DamageError(f"{few([*map(str, lost)], ' ')} The report of {others} is in {output}.")


def write_findings(
    findings: Sequence[Findings],
    output: Path,
    sort: str = "name",
    show: Callable[[Group], object] = bool,
) -> None:
    """Report runs whose figures are computed; see ``write_report``.

    Args:
        findings: Runs, in the order in which they are shown.
        output: Folder for ``report.html``, ``report.md`` and ``report.tex``.
        sort: What they were sorted by.
        show: Takes the tables for the terminal, before the disk is asked to keep any file.

    Raises:
        StorageError: If a file cannot be written.
    """
    gaps = lacking([found.run for found in findings])
    lacks = [gaps] if gaps.rows else []
    groups = comparable(findings)
    across = matrices([found.run for found in findings])
    whole = [overview(findings, sort), *across, *lacks, *map(comparisons.comparison, groups)]
    short = [*across, *lacks, *map(comparisons.short_comparison, groups)]
    show(Group(*map(terminal, [compact_overview(findings, sort), *short])))
    write_text(output / "report.html", page(findings, whole))
    write_text(output / "report.md", _markdown(findings, whole))
    write_text(output / "report.tex", _latex([*paper.results(findings, sort), *short]))


def _markdown(findings: Sequence[Findings], sheets: Sequence[Sheet]) -> str:
    """Write the tables of all runs, then those of each run under its stamps."""
    finished = [found for found in findings if found.run.finished]
    runs = [
        (found, [*robustness_sheets(found.run), *(make(found) for make in PER_RUN)])
        for found in finished
    ]
    return templating.markdown("report.md.j2", sheets=sheets, runs=runs)


def _latex(sheets: Sequence[Sheet]) -> str:
    """Write tables that are to be put into a paper.

    Args:
        sheets: Tables of at most five columns.
    """
    tables = [(part, _form(sheet)) for sheet in sheets for part in _on_pages(sheet)]
    return templating.latex("report.tex.j2", tables=tables)


def _on_pages(sheet: Sheet) -> list[Sheet]:
    """Cut a table into parts that a page can hold, for LaTeX floats never break."""
    rows, count = sheet.rows, FEW if any(_long(sheet)) else MANY
    parts = [rows[i : i + count] for i in range(0, len(rows), count)]
    if len(parts) < 2:  # noqa: PLR2004 - a whole table
        return [sheet]
    titles = [f"{sheet.title} ({i} of {len(parts)})" for i in range(1, len(parts) + 1)]
    cut = [replace(sheet, title=t, rows=p, notes=()) for t, p in zip(titles, parts, strict=True)]
    return [*cut[:-1], replace(cut[-1], notes=sheet.notes)]


def _form(sheet: Sheet) -> str:
    """Describe the columns to LaTeX: numbers to the right, long words in lines."""
    long = _long(sheet)
    width = ROOM / max(sum(long), 1)
    lines = rf">{{\raggedright\arraybackslash}}p{{{width:.2f}\linewidth}}"
    return "".join(
        "r" if column.numeric else lines if wide else "l"
        for column, wide in zip(sheet.columns, long, strict=True)
    )


def _long(sheet: Sheet) -> list[bool]:
    """Say of each column whether its words are set in lines."""
    words = [[row[i].whole for row in sheet.rows] for i in range(len(sheet.columns))]
    longest = [max(map(len, column), default=0) for column in words]
    return [n > WIDE and not c.numeric for n, c in zip(longest, sheet.columns, strict=True)]

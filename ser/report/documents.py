"""The report as Markdown and as LaTeX."""

from __future__ import annotations

from collections.abc import Sequence

from ser.evaluation.findings import Findings
from ser.report import templating
from ser.report.sheets import details
from ser.report.sheets.sheet import Sheet

PER_RUN = (details.recalls, details.speakers, details.confusions, details.folds)
WIDE = 24  # letters, from which a column of words is set in lines


def markdown_document(findings: Sequence[Findings], sheets: Sequence[Sheet]) -> str:
    """Write the tables of all runs, then those of each run under its stamps."""
    finished = [found for found in findings if found.run.finished]
    runs = [(found, [make(found) for make in PER_RUN]) for found in finished]
    return templating.markdown("report.md.j2", sheets=sheets, runs=runs)


def latex_document(sheets: Sequence[Sheet]) -> str:
    """Write tables that are to be put into a paper.

    Args:
        sheets: Tables of at most five columns.
    """
    tables = [(sheet, _form(sheet)) for sheet in sheets]
    return templating.latex("report.tex.j2", tables=tables)


def _form(sheet: Sheet) -> str:
    """Describe the columns to LaTeX: numbers to the right, long words in lines."""
    longest = [
        max((len(row[i].whole) for row in sheet.rows), default=0) for i in range(len(sheet.columns))
    ]
    long = [n > WIDE and not c.numeric for n, c in zip(longest, sheet.columns, strict=True)]
    width = 0.36 / max(sum(long), 1)
    lines = rf">{{\raggedright\arraybackslash}}p{{{width:.2f}\linewidth}}"
    return "".join(
        "r" if column.numeric else lines if wide else "l"
        for column, wide in zip(sheet.columns, long, strict=True)
    )

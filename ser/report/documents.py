"""The report as Markdown and as LaTeX."""

from __future__ import annotations

from collections.abc import Sequence

from ser.evaluation.findings import Findings
from ser.report import details
from ser.report.latex import HEAD, latex
from ser.report.markdown import escape, markdown
from ser.report.tables import Sheet

PER_RUN = (details.recalls, details.speakers, details.confusions, details.folds)


def markdown_document(findings: Sequence[Findings], sheets: Sequence[Sheet]) -> str:
    """Tables of all runs, then those of each run under its stamps."""
    parts = ["# Report", *(markdown(sheet) for sheet in sheets)]
    for found in findings:
        if found.run.finished:
            parts.append(f"## {escape(str(found.run.name))}")
            parts += [f"**{escape(note)}**" for note in found.stamp.notes]
            parts += [markdown(make(found), level=3) for make in PER_RUN]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def latex_document(sheets: Sequence[Sheet]) -> str:
    """Tables of all runs, to be put into a paper."""
    return HEAD + "\n" + "\n".join(map(latex, sheets))

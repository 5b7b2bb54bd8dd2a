"""Tables as Markdown."""

from __future__ import annotations

import re

from ser.report.tables import Sheet

SPECIAL = re.compile(r"([\\`*\[\]|#~])|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")


def markdown(sheet: Sheet, level: int = 2) -> str:
    """Write a table as GitHub shows it, under a heading of a level."""
    lines = [f"{'#' * level} {escape(sheet.title)}", ""]
    if sheet.rows:
        lines.append(_row([column.heading for column in sheet.columns]))
        lines.append(_rule(sheet))
        lines += [_row([value.text for value in row]) for row in sheet.rows]
        lines.append("")
    lines += [f"{escape(note)}\n" for note in sheet.notes]
    return "\n".join(lines)


def escape(words: str) -> str:
    """Keep Markdown and HTML from seeing more than words."""
    flat = " ".join(words.split())
    marked = SPECIAL.sub(lambda match: f"\\{match[0]}", flat)
    return marked.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(escape(cell) for cell in cells)} |"


def _rule(sheet: Sheet) -> str:
    return f"|{'|'.join('---:' if column.numeric else '---' for column in sheet.columns)}|"

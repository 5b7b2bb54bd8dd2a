"""The tables of README, and the places in a text that they are written to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from reproduce import board
from reproduce.leak import leak
from reproduce.published import table
from reproduce.readings import readings
from reproduce.recipes import recipes
from reproduce.regimes import regimes

TABLES: Mapping[str, Callable[[Path], str]] = {
    "published": table,
    "leak": leak,
    "regimes": regimes,
    "recipes": recipes,
    "readings": readings,
    "board": board.board,
    "board_pretrained": board.pretrained,
    "board_rows": board.rows,
    "board_robustness": board.recordings,
}


def fill(text: str, results: Path) -> str:
    """Put every table between ``<!-- evidence: NAME -->`` and the next ``<!-- end -->``.

    Args:
        text: Markdown.
        results: Folder of run folders.
    """
    for name, make in TABLES.items():
        if f"<!-- evidence: {name} -->" in text:
            text = put(text, f"evidence: {name}", make(results))
    return text


def put(text: str, place: str, content: str) -> str:
    """Put lines between ``<!-- PLACE -->`` and the next ``<!-- end -->``.

    Args:
        text: Markdown.
        place: Name of the place; a text without it is left as it is.
        content: Lines.
    """
    before, mark, rest = text.partition(f"<!-- {place} -->\n")
    return f"{before}{mark}{content}\n{rest[rest.index('<!-- end -->') :]}" if mark else text

"""The tables of README, and the places in a text that they are written to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from ser.evidence.leak import leak
from ser.evidence.published import table
from ser.evidence.recipes import recipes
from ser.evidence.regimes import regimes

TABLES: Mapping[str, Callable[[Path], str]] = {
    "published": table,
    "leak": leak,
    "regimes": regimes,
    "recipes": recipes,
}


def fill(text: str, results: Path) -> str:
    """Put every table between ``<!-- evidence: NAME -->`` and the next ``<!-- end -->``.

    Args:
        text: Markdown.
        results: Folder of run folders.
    """
    for name, make in TABLES.items():
        before, mark, rest = text.partition(f"<!-- evidence: {name} -->\n")
        if mark:
            end = rest.index("<!-- end -->")
            text = f"{before}{mark}{make(results)}\n{rest[end:]}"
    return text

"""Lines of a Markdown table, and the configuration that a run was named after."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ser.configuration import config_folder


def heading(names: Sequence[str], words: int = 1, *, numeric: bool = True) -> list[str]:
    """Two lines that begin a table.

    Args:
        names: Names of the columns.
        words: How many columns hold words, before those that hold numbers.
        numeric: Whether the others hold numbers, and so are aligned to the right.
    """
    rule = ["---" if i < words or not numeric else "---:" for i in range(len(names))]
    return [row_of(names), row_of(rule)]


def row_of(cells: Sequence[str]) -> str:
    """One line of a table."""
    return f"| {' | '.join(cells)} |"


def composed(words: list[str]) -> Any:
    """Configuration of a run, with its ``hydra`` node."""
    from hydra import compose, initialize_config_dir  # noqa: PLC0415 - slow to import

    with initialize_config_dir(config_folder(), version_base="1.3"):
        return compose("train", words, return_hydra_config=True)

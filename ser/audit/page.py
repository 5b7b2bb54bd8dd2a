"""What an audit finds, on the terminal and as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.box import SIMPLE
from rich.console import Console
from rich.padding import Padding
from rich.table import Table


@dataclass(frozen=True)
class Part:
    """A part of what there is to say.

    Args:
        title: What it is of.
        lines: Sentences.
        heading: Names of the columns of its table; empty where it has none.
        rows: Lines of its table.
    """

    title: str
    lines: Sequence[str] = ()
    heading: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()


def show(console: Console, parts: Sequence[Part]) -> None:
    """Print all parts."""
    for part in parts:
        console.print(part.title, style="bold", markup=False)
        for line in part.lines:
            console.print(Padding(line, (0, 0, 0, 2)), markup=False)
        if part.rows:
            table = Table(box=SIMPLE, padding=0, collapse_padding=True)
            for i, name in enumerate(part.heading):
                table.add_column(name, justify="right" if i else "left")
            for row in part.rows:
                table.add_row(*row)
            console.print(table)
        else:
            console.print()


def markdown(title: str, parts: Sequence[Part]) -> str:
    """Write all parts as Markdown.

    Args:
        title: Heading of the whole.
        parts: The parts.
    """
    blocks = [f"# {title}"]
    for part in parts:
        blocks.append(f"## {part.title}")
        blocks += ["\n".join(f"- {_plain(line)}" for line in part.lines)] * bool(part.lines)
        if part.rows:
            rule = ["---", *["---:"] * (len(part.heading) - 1)]
            blocks.append("\n".join(map(_line, (part.heading, rule, *part.rows))))
    return "\n\n".join(blocks) + "\n"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(map(_plain, cells))} |"


def _plain(text: str) -> str:
    """Keep what others wrote from being read as a part of a table or as HTML."""
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")

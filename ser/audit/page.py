"""What an audit finds, on the terminal and as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.padding import Padding

from ser.system.rows import Rows
from ser.system.terminal import Terminal


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


def show(terminal: Terminal, parts: Sequence[Part]) -> None:
    """Print all parts."""
    for part in parts:
        terminal.print(part.title, style="bold")
        for line in part.lines:
            terminal.print(Padding(line, (0, 0, 0, 2)))
        if part.rows:
            table = Rows()
            for i, name in enumerate(part.heading):
                table.add_column(name, numeric=i > 0)
            for row in part.rows:
                table.add_row(*row)
            terminal.print(table)
        else:
            terminal.print()


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

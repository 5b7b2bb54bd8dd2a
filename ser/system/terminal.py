"""The terminal, or what stands in its place: a file, a pipe, a window of forty columns.

Every line and table is printed here, so that one place decides what any of them may do: no colours
in a file, no letter that a terminal obeys, none that the stream cannot write, no brackets taken
for markup, and no end of the work because nobody reads what is printed.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Iterable, Iterator, Sized
from typing import Any, TypeVar

from rich.console import Console, ConsoleOptions, RenderableType
from rich.markup import escape
from rich.progress import track
from rich.segment import Segment
from rich.text import Text

from ser.system.letters import in_line, shown, writable
from ser.system.streams import Lasting

EVERY = 60.0  # s between two lines of progress in a log file
Item = TypeVar("Item")


class Terminal(Console):
    """Standard output or standard error.

    Args:
        stderr: Whether it is standard error.
        options: Of ``rich.console.Console``.
    """

    def __init__(self, *, stderr: bool = False, **options: Any) -> None:
        stream = sys.stderr if stderr else sys.stdout
        usual: dict[str, Any] = {"highlight": False, "emoji": False, "markup": False}
        file = None if stream is None else Lasting(stream)
        super().__init__(**{**usual, "file": file, "stderr": stderr, **options})

    @property
    def live(self) -> bool:
        """Whether somebody watches, so that a line may be drawn anew."""
        return bool(self.file.isatty()) and not self.is_dumb_terminal

    def say(self, line: str, style: str | None = None) -> None:
        """Print a line as it is, whatever it holds and however long it is."""
        self.print(line, style=style, soft_wrap=True)

    def render_str(self, text: str, **options: Any) -> Text:
        """Lay out what can be written, so that columns are as wide as what stands in them."""
        return super().render_str(writable(shown(text), self.encoding), **options)

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Let nothing past that a terminal would obey, in whatever it was put."""
        for segment in super().render(renderable, options):
            if segment.control:
                yield segment
            else:
                yield Segment(writable(shown(segment.text), self.encoding), segment.style)


class TerminalHandler(logging.Handler):
    """Print what libraries log on standard error, as everything else is printed."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print a record."""
        Terminal(stderr=True).say(self.format(record))


def steps(items: Iterable[Item], title: str, total: int | None = None) -> Iterator[Item]:
    """Go through items with a bar on standard error; a log file gets a line a minute.

    Args:
        items: What to go through.
        title: What is done.
        total: How many items there are; None asks them.
    """
    whole = len(items) if isinstance(items, Sized) else total or 0
    terminal, name = Terminal(stderr=True), in_line(title)
    if terminal.live:
        yield from track(items, escape(name), whole, console=terminal, transient=True)
        return
    begin = said = time.monotonic()
    for done, item in enumerate(items):
        now = time.monotonic()
        if done and now - said >= EVERY:
            said, left = now, (now - begin) / done * (whole - done)
            terminal.say(f"{name}: {done} of {whole}, {lasting(left)} left")
        yield item


def lasting(seconds: float) -> str:
    """Words for a time that is not known to the second.

    Example:
        >>> [lasting(3), lasting(100), lasting(20_000)]
        ['about 3 s', 'about 2 min', 'about 5 h 33 min']
    """
    minutes = round(seconds / 60)
    if seconds < 60:  # noqa: PLR2004 - a minute
        return f"about {seconds:.0f} s"
    return f"about {minutes} min" if minutes < 60 else f"about {minutes // 60} h {minutes % 60} min"  # noqa: PLR2004

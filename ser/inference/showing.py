"""Answers on a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby

from ser.inference.answers import SILENCE, Answer, spans, unlike
from ser.system.rows import Rows
from ser.system.terminal import Terminal

MOST_FAILED = 50  # reasons that are listed
MOST_NOTES = 8


def show_one(terminal: Terminal, answer: Answer, name: str = "") -> None:
    """Show the answer on one file: emotion, all probabilities, notes."""
    terminal.say(f"{name}: {answer.emotion}" if name else answer.emotion, style="bold")
    for emotion, probability in answer.probabilities.items():
        terminal.say(f"  {emotion:<12} {probability:6.1%}")
    for note in answer.notes:
        terminal.say(f"note: {note}")


def show_table(terminal: Terminal, answers: Iterable[Answer], windows: bool) -> None:
    """Show a row for each file, or for each span of a recording that has one emotion."""
    table = Rows()
    table.add_column("file")
    for heading in ("from", "to") if windows else ():
        table.add_column(heading, numeric=True)
    table.add_column("emotion")
    table.add_column("probability", numeric=True)
    table.add_column("notes", numeric=True)
    for name, some in groupby(answers, lambda answer: answer.file):
        judged = [answer for answer in some if not answer.error]
        for span in spans(judged):
            times = [_clock(span.start), _clock(span.end)] if windows else []
            share = f"{span.probability:.0%}" if span.probability else ""
            notes = str(len(span.notes) or "")
            table.add_row(name, *times, span.emotion, share, notes)
    if table.rows:
        terminal.print(table)


def show_counts(terminal: Terminal, answers: Sequence[Answer]) -> None:
    """Show how many answers each emotion has."""
    counts = Counter(answer.emotion for answer in answers if not answer.error)
    words = [f"{emotion} {count}" for emotion, count in counts.most_common() if emotion != SILENCE]
    if counts[SILENCE]:
        words.append(f"{SILENCE} {counts[SILENCE]}")
    if words:
        terminal.say(", ".join(words))


def show_notes(terminal: Terminal, answers: Iterable[Answer]) -> None:
    """Show what notes say, each once, with the number of further answers that have it."""
    counts = unlike(note for answer in answers for note in answer.notes)
    for note, count in sorted(counts.items(), key=lambda pair: -pair[1])[:MOST_NOTES]:
        more = "" if count == 1 else f" (and {count - 1} more like it)"
        terminal.say(f"note: {note}{more}")


def show_failed(terminal: Terminal, answers: Iterable[Answer], whole: int) -> int:
    """List what could not be judged, with the reasons; gives how many these are."""
    failed = [answer for answer in answers if answer.error]
    if failed:
        terminal.say(f"{len(failed)} of {whole} files could not be judged:", style="bold")
    for answer in failed[:MOST_FAILED]:
        terminal.say(f"  {answer.error}")
    if len(failed) > MOST_FAILED:
        terminal.say(f"  and {len(failed) - MOST_FAILED} more, which output=FILE.csv lists.")
    return len(failed)


def _clock(seconds: float) -> str:
    """Write a time as minutes and seconds.

    Example:
        >>> _clock(3725.04)
        '62:05.0'
    """
    minutes, rest = divmod(round(seconds, 1), 60)
    return f"{minutes:.0f}:{rest:04.1f}"

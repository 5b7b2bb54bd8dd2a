"""What a process is for: a command that only answers leaves out what trainings need."""

from __future__ import annotations

import sys

HEAVY = "pytorch_lightning"  # whose networks stay what they are, once it is imported
_purposes: set[str] = set()


def only_answer() -> None:
    """Declare that this process trains nothing; no word against what it has imported already."""
    if sys.modules.get(HEAVY) is None:
        _purposes.add("answers")


def only_answers() -> bool:
    """Whether this process was declared to train nothing."""
    return "answers" in _purposes

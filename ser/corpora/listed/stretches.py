"""Stretches of one file that share some of it."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from ser.corpora.corpus import Utterance

SHARED = 0.05  # seconds that two stretches may share: lists are rounded


def overlapping(utterances: Sequence[Utterance]) -> list[str]:
    """List the ids of stretches that begin before the one before has ended, in their order.

    Args:
        utterances: Of a corpus; two that are equal are for others to find.
    """
    files: dict[Path, list[Utterance]] = defaultdict(list)
    for utterance in utterances:
        files[utterance.path].append(utterance)
    found = []
    for listed in files.values():
        reached = -math.inf
        for utterance in sorted(listed, key=lambda u: (u.start, u.id)):
            if utterance.start < reached - SHARED:
                found.append(utterance.id)
            reached = max(reached, math.inf if utterance.end is None else utterance.end)
    return found

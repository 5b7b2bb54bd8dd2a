"""Corpora to measure on: the real EmoDB where it is, else the embedded synthetic one."""

from __future__ import annotations

import os

from ser.corpora.corpus import Utterance
from ser.corpora.emodb import EmoDB
from ser.corpora.synthetic.corpus import Synthetic


def corpus() -> EmoDB:
    """EmoDB where ``SER_EMODB`` names its root, else the synthetic corpus in its layout."""
    found = EmoDB() if os.environ.get("SER_EMODB") else Synthetic()
    found.prepare()
    return found


def utterances(at_most: int | None = None) -> tuple[str, list[Utterance]]:
    """Name of the corpus, and its utterances, or some spread over all of it."""
    found = corpus()
    everything = found.utterances()
    step = max(1, len(everything) // at_most) if at_most else 1
    return found.name, everything[::step][:at_most]

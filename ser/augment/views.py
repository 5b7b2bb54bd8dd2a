"""Every view of an utterance that a training side may have beside the original."""

from __future__ import annotations

from torch import Tensor

from ser.augment.copies import COPIES_VERSION, VIEWS, view
from ser.augment.voices import VOICES, VOICES_VERSION

COPIES: tuple[str, ...] = (*VIEWS[1:], *VOICES)


def make_copy(name: str, waveform: Tensor, sample_rate: int, utterance_id: str) -> Tensor:
    """Return a copy of a clipped utterance.

    Args:
        name: One of ``COPIES``.
        waveform: The utterance, clipped as its features need it.
        sample_rate: Sampling rate, in Hz.
        utterance_id: Identity of the utterance, which decides what is drawn.

    Shape:
        - waveform: ``(time,)``
        - output: ``(time,)``, with another time where the tempo changes
    """
    if name in VOICES:
        return VOICES[name](waveform, sample_rate)
    return view(name, waveform, sample_rate, utterance_id)


def stored_as(name: str) -> str:
    """Name of a copy and the version of its numbers, by which a store knows it."""
    return f"{name}-v{VOICES_VERSION if name in VOICES else COPIES_VERSION}"

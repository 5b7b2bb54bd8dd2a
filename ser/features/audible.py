"""What a front end reads of an utterance, and what it would hear nothing in."""

from __future__ import annotations

from torch import Tensor

from ser.errors import AudioError
from ser.features.audio import is_still
from ser.features.frontend import FrontEnd


def audible_clip(mono: Tensor, front_end: FrontEnd) -> tuple[Tensor, Tensor]:
    """Clip an utterance as a front end does.

    Args:
        mono: The utterance, at the rate of the front end.
        front_end: What is to read it.

    Returns:
        The clip, and its length in samples.

    Raises:
        AudioError: If it is shorter than a window, or digital silence in what is read.

    Shape:
        - mono: ``(time,)``
        - output: ``(1, time')`` and ``(1,)``
    """
    name, seconds = type(front_end).__name__, len(mono) / front_end.sample_rate
    if len(mono) < front_end.window_length:
        raise AudioError(
            f"the waveform lasts {seconds:.3f} s, and {name} reads windows of "
            f"{front_end.window:.3f} s; give it a whole utterance."
        )
    clipped, lengths = front_end.clip(mono[None].float())
    if is_still(clipped):
        raise AudioError(_silent(name, front_end))
    return clipped, lengths


def _silent(name: str, front_end: FrontEnd) -> str:
    """Say what of an utterance that is not silent as a whole is."""
    if front_end.duration is None and not front_end.offset:
        return (
            f"nothing of the waveform is below {front_end.sample_rate / 2000:g} kHz, which is all "
            f"that {name} hears; pass a recording of speech."
        )
    seconds = "all" if front_end.duration is None else f"{front_end.duration} s"
    return (
        f"the part that {name} reads, {seconds} from {front_end.offset} s on, is digital silence; "
        "cut the silence off."
    )

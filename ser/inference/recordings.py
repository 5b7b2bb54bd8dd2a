"""A recording as people hand it over: a file, or a waveform with its rate."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeAlias

from ser.errors import AudioError
from ser.features import audio

Recording: TypeAlias = "str | Path | tuple[Any, int]"


def samples_of(recording: Any, sample_rate: int | None = None) -> tuple[Any, int]:
    """Samples of a recording, and their rate in Hz.

    Args:
        recording: Path of a file, a waveform, or a pair of waveform and rate.
        sample_rate: Rate of a waveform; None for the other two.

    Raises:
        AudioError: If the file cannot be read, or a waveform comes without its rate.
    """
    if sample_rate is not None:
        return recording, sample_rate
    if isinstance(recording, str | Path):
        return audio.decode(recording)
    if isinstance(recording, tuple) and len(recording) == 2:  # noqa: PLR2004 - waveform and rate
        return recording
    raise AudioError(
        f"{type(recording).__name__} without a rate is no recording; pass a path, or a waveform "
        "and its rate. Several of them are for predictor.batch([…])."
    )


def named(recording: Any, number: int) -> str:
    """What an error calls one of several recordings."""
    return str(recording) if isinstance(recording, str | Path) else f"recording {number}"

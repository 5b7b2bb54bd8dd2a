"""A recording as people hand it over: a file, or a waveform with its rate."""

from __future__ import annotations

from numbers import Real
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


def refuse_one(recordings: Any) -> None:
    """Refuse a single recording where several are expected: its letters or parts are none.

    Args:
        recordings: What is to be iterated over.

    Raises:
        AudioError: If it is a path, or a pair of which one part is a number.
    """
    path = isinstance(recordings, str | Path)
    pair = isinstance(recordings, tuple | list) and len(recordings) == 2  # noqa: PLR2004 - as above
    if path or (pair and any(map(_is_number, recordings))):
        found = repr(str(recordings)) if path else "a waveform with its rate"
        raise AudioError(f"{found} is one recording; pass a list: predictor.batch([…]).")


def _is_number(part: Any) -> bool:
    return isinstance(part, Real) or getattr(part, "ndim", None) == 0


def named(recording: Any, number: int) -> str:
    """What an error calls one of several recordings."""
    return str(recording) if isinstance(recording, str | Path) else f"recording {number}"

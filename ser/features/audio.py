"""Audio files as waveforms, whatever their rate, channels and sample format."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from ser.errors import AudioError
from ser.features import decoding
from ser.features.decoding import Form
from ser.features.resampling import resampled
from ser.system.counted import counted

if TYPE_CHECKING:  # else every prediction would wait for all corpora
    from ser.corpora.corpus import Utterance

SILENCE = 1e-6  # between the lowest and the highest sample; a constant is not heard either
LONGEST = 3600.0  # seconds of an utterance; several are in memory at once
LOUDEST = 16.0  # 24 dB above full scale: more than any lossy codec overshoots
SHORTEST = 0.005  # seconds: one period of a voice
BLOCK = 10.0  # seconds that are decoded at once of a long file
WIDTHS = (8, 16, 24, 32)  # bits of the integers that such samples may have been


def to_mono(waveform: Tensor, rate: int, sample_rate: int) -> Tensor:
    """Mix channels down and resample, band-limited.

    Args:
        waveform: Samples.
        rate: Rate of ``waveform``, in Hz.
        sample_rate: Rate wanted, in Hz.

    Shape:
        - waveform: ``(time,)`` or ``(channels, time)``
        - output: ``(time,)``
    """
    channels = waveform if waveform.ndim > 1 else waveform[None]
    mono = channels[0] if len(channels) == 1 else channels.mean(0)
    return mono if rate == sample_rate else resampled(mono, rate, sample_rate)


def load(
    path: str | Path,
    sample_rate: int,
    start: float = 0.0,
    end: float | None = None,
    longest: float = math.inf,
) -> Tensor:
    """Decode an audio file to a mono waveform, whose full scale is 1.

    A file of which sound is missing is refused wherever its container shows that; see
    ``ser.features.containers`` for those that do not.

    Args:
        path: Any file that libsndfile reads.
        sample_rate: Rate of the result, in Hz.
        start: Where to begin, in seconds.
        end: Where to stop, in seconds; None for the end of the file.
        longest: What it may last, in seconds.

    Returns:
        Waveform of shape ``(time,)``, float32.

    Raises:
        AudioError: If the file is missing, not audio, truncated, empty, shorter than 5 ms, too
            long, silent, not finite, or far beyond full scale.
    """
    waveform, rate = decode(path, start, end, longest)
    return mixed(path, waveform, rate, sample_rate)


def mixed(path: str | Path, waveform: Tensor, rate: int, sample_rate: int) -> Tensor:
    """Mix the channels of a file down and resample them, unless they cancel each other.

    Args:
        path: Where they are from.
        waveform: Samples, as ``decode`` gives them.
        rate: Their rate, in Hz.
        sample_rate: Rate wanted, in Hz.

    Raises:
        AudioError: If nothing is left of them.

    Shape:
        - waveform: ``(channels, time)``
        - output: ``(time,)``
    """
    mono = to_mono(waveform, rate, rate)
    if len(waveform) > 1 and is_still(mono):
        raise AudioError(
            f"{path} is silent when its {len(waveform)} channels are mixed: they cancel each "
            "other. Write one of them to a file of its own."
        )
    return to_mono(mono, rate, sample_rate)


def decode(
    path: str | Path, start: float = 0.0, end: float | None = None, longest: float = math.inf
) -> tuple[Tensor, int]:
    """Decode an audio file as it is.

    Args:
        path: Any file that libsndfile reads.
        start: Where to begin, in seconds.
        end: Where to stop, in seconds; None for the end of the file.
        longest: What it may last, in seconds.

    Returns:
        Waveform of shape ``(channels, time)``, float32, whose full scale is 1 (files of floats and
        lossy ones may exceed it, up to ``LOUDEST``), and its rate in Hz.

    Raises:
        AudioError: As ``load`` says.
    """
    samples, rate = decoding.decode(Path(path), start, end, longest)
    refuse_short(*_named(path, start, end), len(samples), rate)
    waveform = torch.from_numpy(samples.T)
    _check_level(path, waveform)
    return waveform, rate


def blocks(path: str | Path) -> tuple[Iterator[Tensor], int]:
    """Decode a file of any length as it is, in blocks of ten seconds.

    Args:
        path: Any file that libsndfile reads.

    Returns:
        Blocks of shape ``(channels, time)``, float32 as of ``decode``, and the rate in Hz.

    Raises:
        AudioError: At once or at the end of the blocks, as ``decode`` does, but for silence.
    """
    rate = decoding.form_of(Path(path)).rate
    parts = decoding.blocks(Path(path), BLOCK)
    return (torch.from_numpy(part.T) for part in parts), rate


def rate_of(path: str | Path) -> int | None:
    """Rate that a file is recorded at, in Hz; None where it cannot be read, as ``load`` says."""
    try:
        return form_of(path).rate
    except AudioError:
        return None


def form_of(path: str | Path) -> Form:
    """Rate, channels and sample format of a file by its header.

    Raises:
        AudioError: If the file is missing or not audio.
    """
    return decoding.form_of(Path(path))


def duration_of(path: str | Path) -> float | None:
    """Seconds that a file lasts by its header; None where it does not know.

    Raises:
        AudioError: If the file is missing or not audio.
    """
    return decoding.duration_of(Path(path))


def load_utterance(utterance: Utterance, sample_rate: int) -> Tensor:
    """Decode the stretch of audio that an utterance covers, as ``load`` does; an hour at most."""
    return load(utterance.path, sample_rate, utterance.start, utterance.end, LONGEST)


def _named(path: str | Path, start: float, end: float | None) -> tuple[str, str]:
    """Name a file, or a stretch of one, and say what to do if it is too short."""
    if not start and end is None:
        return str(path), "remove it or replace it"
    until = "on" if end is None else f"to {end:g} s"
    return f"the stretch from {start:g} s {until} of {path}", "correct start and end"


def refuse_short(name: str, remedy: str, count: int, rate: int) -> None:
    """Refuse what is too short for a voice.

    Args:
        name: What it is called.
        remedy: What to do, as the end of a sentence.
        count: Its samples.
        rate: Their rate, in Hz.

    Raises:
        AudioError: If it lasts less than 5 ms.
    """
    if count < SHORTEST * rate:
        raise AudioError(
            f"{name} lasts {1000 * count / rate:.2g} ms ({counted(count, 'sample')}), and a voice "
            f"needs {1000 * SHORTEST:g} ms; {remedy}."
        )


def _check_level(path: str | Path, waveform: Tensor) -> None:
    low, high = map(float, torch.aminmax(waveform))  # nan if one sample is
    if not (math.isfinite(low) and math.isfinite(high)):
        raise AudioError(f"{path} holds samples that are not finite; export it again.")
    peak = max(-low, high)
    if high - low < SILENCE:
        what = "is digital silence" if peak < SILENCE else f"never moves from {high:.3g}"
        raise AudioError(f"{path} {what}; remove it or replace it.")
    if peak > LOUDEST:
        raise AudioError(
            f"{path} holds samples up to {peak:g}, and full scale is 1{_origin(peak)}. Export it "
            "again, scaled to ±1."
        )


def is_still(samples: Tensor) -> bool:
    """Whether no channel ever moves, be it at zero or at an offset.

    Shape:
        - samples: ``(..., time)``
    """
    return float((samples.amax(-1) - samples.amin(-1)).max()) < SILENCE


def width_of(peak: float) -> int | None:
    """Bits of the integers that samples far beyond full scale may have been."""
    return next((bits for bits in WIDTHS if peak <= 2 ** (bits - 1)), None)


def _origin(peak: float) -> str:
    """What samples far beyond full scale look like."""
    bits = width_of(peak)
    return f": they look like the numbers of {bits}-bit audio in a float file" if bits else ""

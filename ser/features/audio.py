"""Decoding: any rate, any channel count, any sample format, one float waveform out."""

from __future__ import annotations

import math
from functools import lru_cache
from pathlib import Path

import numpy as np
import soundfile
import torch
from numpy.typing import NDArray
from torch import Tensor
from torchaudio.transforms import Resample

from ser.corpora.corpus import Utterance
from ser.errors import AudioError

SILENCE = 1e-6
# The default of torchaudio lets 8.5 kHz through to a rate of 16 kHz at -11 dB; this at -75 dB.
STEEP = {"lowpass_filter_width": 64}
UNKNOWN_SIZE = 0xFFFFFFFF  # what a program writes that streams its output


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
    if rate == sample_rate:
        return mono
    resampled: Tensor = _resampler(rate, sample_rate, mono.device)(mono)
    return resampled


@lru_cache(maxsize=16)
def _resampler(rate: int, sample_rate: int, device: torch.device) -> Resample:
    """Filter between two rates; to make it takes longer than to apply it."""
    return Resample(rate, sample_rate, **STEEP, dtype=torch.float32).to(device)


def load(
    path: str | Path, sample_rate: int, start: float = 0.0, end: float | None = None
) -> Tensor:
    """Decode an audio file to a mono waveform in ``[-1, 1]``.

    Args:
        path: Any file that libsndfile reads.
        sample_rate: Rate of the result, in Hz.
        start: Where to begin, in seconds.
        end: Where to stop, in seconds; None for the end of the file.

    Returns:
        Waveform of shape ``(time,)``, float32.

    Raises:
        AudioError: If the file is missing, not audio, truncated, empty, silent or not finite.
    """
    waveform, rate = decode(path, start, end)
    return to_mono(waveform, rate, sample_rate)


def decode(path: str | Path, start: float = 0.0, end: float | None = None) -> tuple[Tensor, int]:
    """Decode an audio file as it is.

    Args:
        path: Any file that libsndfile reads.
        start: Where to begin, in seconds.
        end: Where to stop, in seconds; None for the end of the file.

    Returns:
        Waveform of shape ``(channels, time)``, float32 in ``[-1, 1]``, and its rate in Hz.

    Raises:
        AudioError: As ``load`` says.
    """
    samples, rate = _decode(Path(path), start, end)
    waveform = torch.from_numpy(samples.T)
    low, high = map(float, torch.aminmax(waveform))  # nan if one sample is
    if not (math.isfinite(low) and math.isfinite(high)):
        raise AudioError(f"{path} holds samples that are not finite; export it again.")
    if max(-low, high) < SILENCE:
        raise AudioError(f"{path} is digital silence; remove it or replace it.")
    return waveform, rate


def load_utterance(utterance: Utterance, sample_rate: int) -> Tensor:
    """Decode the stretch of audio that an utterance covers, as ``load`` does."""
    return load(utterance.path, sample_rate, utterance.start, utterance.end)


def _decode(path: Path, start: float, end: float | None) -> tuple[NDArray[np.float32], int]:
    if not path.is_file():
        raise AudioError(f"{path} does not exist; check the corpus root.")
    _check_riff_size(path)
    try:
        with soundfile.SoundFile(path) as file:
            file.seek(round(start * file.samplerate))
            stop = file.frames if end is None else min(file.frames, round(end * file.samplerate))
            wanted = stop - file.tell()
            samples = _read(file, max(wanted, 0))
            rate = file.samplerate
    except (soundfile.SoundFileError, RuntimeError) as error:
        raise AudioError(f"{path} cannot be decoded ({error}); is it an audio file?") from error
    if wanted <= 0:
        until = "its end" if end is None else f"{end} s"
        raise AudioError(f"{path} holds no samples between {start} s and {until}.")
    if len(samples) < wanted:
        raise AudioError(f"{path} is truncated: {len(samples)} of {wanted} samples could be read.")
    return samples, rate


def _read(file: soundfile.SoundFile, frames: int) -> NDArray[np.float32]:
    """Samples, ``(time, channels)``; those of 16 bits become the same numbers here, but faster."""
    short = file.subtype == "PCM_16"
    samples = file.read(frames, dtype="int16" if short else "float32", always_2d=True)
    found: NDArray[np.float32] = samples * np.float32(2**-15) if short else samples
    return found


def _check_riff_size(path: Path) -> None:
    """Hold the size in a RIFF header against the file: libsndfile reads cut files silently."""
    with path.open("rb") as file:
        header = file.read(8)
    if header[:4] == b"RIFF" and len(header) == 8:  # noqa: PLR2004 - "RIFF" and a 32-bit size
        promised, have = int.from_bytes(header[4:], "little") + 8, path.stat().st_size
        if have + 1 < promised < UNKNOWN_SIZE:
            raise AudioError(f"{path} is truncated: {have} of {promised} bytes. Get it again.")

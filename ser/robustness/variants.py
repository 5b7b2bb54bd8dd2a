"""Other recordings of one utterance, made from its samples."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from inspect import signature

import numpy as np
import soundfile
import torch
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt
from torch import Tensor

from ser.features.audio import to_mono

Recording = tuple[Tensor, int]  # (time,), and its rate in Hz
Change = Callable[[Tensor, int, str], Recording]

STUDIO = 44_100  # Hz
TELEPHONE, BAND, ORDER = 8_000, (300.0, 3_400.0), 4  # Hz, Hz, of the filter
QUIETER = 12.0  # dB
SNR = 20.0  # dB
SILENCE = 1.0  # seconds
MP3_RATES = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)  # Hz
KILOBITS = 64  # a second
# What libsndfile lets a constant rate be at these rates or above, in kbit/s.
MP3_RANGE = {32_000: (32, 320), 16_000: (8, 160), 0: (8, 64)}


@dataclass(frozen=True)
class Variant:
    """Another recording of an utterance.

    Args:
        name: What was done, in a few words.
        change: Makes it of samples, their rate and the id of the utterance.
        missing: Why it cannot be made here; empty if it can.
    """

    name: str
    change: Change
    missing: str = ""


def resample(waveform: Tensor, rate: int, name: str) -> Recording:
    """Resample to 44.1 kHz, as most audio on computers is; from there to 48 kHz."""
    target = STUDIO if rate != STUDIO else 48_000
    return to_mono(waveform, rate, target), target


def compress(waveform: Tensor, rate: int, name: str) -> Recording:
    """Write MPEG layer 3 of 64 kbit/s, and read it."""
    coded = min(MP3_RATES, key=lambda known: (known < rate, abs(known - rate)))
    low, high = next(span for least, span in MP3_RANGE.items() if coded >= least)
    file = io.BytesIO()
    soundfile.write(
        file,
        to_mono(waveform, rate, coded).numpy(),
        coded,
        format="MP3",
        bitrate_mode="CONSTANT",
        compression_level=(high - KILOBITS) / (high - low),
    )
    file.seek(0)
    samples, coded = soundfile.read(file, dtype="float32")
    return torch.from_numpy(samples), coded


def quieten(waveform: Tensor, rate: int, name: str) -> Recording:
    """Lower the level by 12 dB."""
    return waveform * 10 ** (-QUIETER / 20), rate


def follow_by_silence(waveform: Tensor, rate: int, name: str) -> Recording:
    """Add a second of digital silence behind."""
    return torch.cat([waveform, waveform.new_zeros(round(SILENCE * rate))]), rate


def begin_with_silence(waveform: Tensor, rate: int, name: str) -> Recording:
    """Add a second of digital silence in front."""
    return torch.cat([waveform.new_zeros(round(SILENCE * rate)), waveform]), rate


def telephone(waveform: Tensor, rate: int, name: str) -> Recording:
    """Keep 300 to 3400 Hz, at 8 kHz."""
    narrow: NDArray[np.float64] = to_mono(waveform, rate, TELEPHONE).double().numpy()
    band = butter(ORDER, BAND, "bandpass", fs=TELEPHONE, output="sos")
    return torch.from_numpy(sosfilt(band, narrow)).float(), TELEPHONE


def add_noise(waveform: Tensor, rate: int, name: str) -> Recording:
    """Add white noise 20 dB below the utterance, the same whenever it is asked for."""
    generator = torch.Generator().manual_seed(zlib.crc32(name.encode()))
    noise = torch.randn(waveform.shape, generator=generator)
    ratio = waveform.square().mean() / noise.square().mean()
    return waveform + noise * ratio.sqrt() * 10 ** (-SNR / 20), rate


def _missing_mp3() -> str:
    if "MP3" not in soundfile.available_formats():
        return f"libsndfile {soundfile.__libsndfile_version__} writes no MP3, 1.1 does"
    if "bitrate_mode" not in signature(soundfile.write).parameters:
        return f"soundfile {soundfile.__version__} sets no bit rate, 0.13 does"
    return ""


VARIANTS = (
    Variant("resampled to 44.1 kHz", resample),
    Variant("MP3 at 64 kbit/s", compress, _missing_mp3()),
    Variant("12 dB quieter", quieten),
    Variant("1 s of silence behind", follow_by_silence),
    Variant("1 s of silence before", begin_with_silence),
    Variant("telephone band at 8 kHz", telephone),
    Variant("white noise at 20 dB SNR", add_noise),
)

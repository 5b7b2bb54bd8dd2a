"""The published augmentation: fixed copies of every utterance, made before features.

The reference project describes each 2.5-s clip four times: as it is, with noise, and twice slowed
down and raised in pitch. The last two differ by a tenth of a semitone and are near-duplicates.
Dealing copies of one utterance to both sides of a split is what makes its figures leak.
"""

from __future__ import annotations

import hashlib

import torch
from torch import Tensor

from ser.augment.vocoder import pitch_shift, time_stretch
from ser.errors import ConfigError, check_choice

VIEWS: tuple[str, ...] = ("original", "noise", "stretch_pitch_07", "stretch_pitch_06")
COPIES_VERSION = 1  # raised whenever the same arguments give other numbers; a part of cache keys
NOISE_LEVEL = 0.015  # of the maximum of the signal
RATE = 0.8  # of the tempo
SEMITONES = {"stretch_pitch_07": 0.7, "stretch_pitch_06": 0.6}


def view(name: str, waveform: Tensor, sample_rate: int, utterance_id: str, seed: int = 0) -> Tensor:
    """Return one copy of a clipped utterance.

    ``noise`` adds white Gaussian noise of standard deviation 0.015 x U(0, 1) x the signed maximum
    of the signal. ``stretch_pitch_07`` slows down to a tempo of 0.8, then raises the pitch by 0.7
    semitones; ``stretch_pitch_06`` does so by 0.6. Both are 1.25 times longer.

    Args:
        name: One of ``VIEWS``.
        waveform: The utterance, clipped as its features need it.
        sample_rate: Sampling rate, in Hz. The published windows are in samples and the shifts are
            ratios, so it is checked and changes nothing.
        utterance_id: Identity of the utterance; with ``seed`` it decides the noise.
        seed: Seed of the noise.

    Shape:
        - waveform: ``(time,)``
        - output: ``(time,)``, or ``(round(time / 0.8),)`` of the stretched ones

    Raises:
        ConfigError: If ``name`` is not one of ``VIEWS`` or ``sample_rate`` not positive.
    """
    _check(name, sample_rate)
    if name == "noise":
        return _noisy(waveform, utterance_id, seed)
    if name in SEMITONES:
        return pitch_shift(time_stretch(waveform, RATE), SEMITONES[name])
    return waveform


def published_copies(
    waveform: Tensor, sample_rate: int, utterance_id: str, seed: int = 0
) -> dict[str, Tensor]:
    """Return all ``VIEWS`` of a clipped utterance by name; arguments are those of ``view``."""
    return {name: view(name, waveform, sample_rate, utterance_id, seed) for name in VIEWS}


def _check(name: str, sample_rate: int) -> None:
    check_choice("view", name, VIEWS)
    if sample_rate <= 0:
        raise ConfigError(f"sample_rate={sample_rate} must be positive, in Hz; give the file's.")


def _noisy(waveform: Tensor, utterance_id: str, seed: int) -> Tensor:
    """Add noise that is the same in every process and in every order of utterances."""
    digest = hashlib.sha256(f"{seed}:{utterance_id}".encode()).digest()
    generator = torch.Generator().manual_seed(int.from_bytes(digest[:4], "big"))
    level = NOISE_LEVEL * torch.rand((), generator=generator, dtype=torch.float64).item()
    noise = torch.randn(waveform.shape, generator=generator).to(waveform)
    return waveform + level * waveform.max() * noise

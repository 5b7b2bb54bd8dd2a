"""Another length of the vocal tract: formants move, the pitch stays."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from ser.augment.vocoder import OVERLAP, analyse, synthesise
from ser.errors import ConfigError

WINDOW = 0.032  # s: some periods of a voice
SMOOTH = 0.002  # s: what changes faster along frequency is the pitch, up to 500 Hz
QUIET = 1e-6  # of the loudest bin, below which there is no envelope to follow
STRONGEST = 3.0  # nepers, 26 dB, by which a bin may be raised or lowered
FACTORS = (0.5, 2.0)


@torch.no_grad()
def warp_tract(waveform: Tensor, factor: float, sample_rate: int) -> Tensor:
    """Move the spectral envelope of each frame along frequency, and leave the harmonics in place.

    The envelope is what the first 2 ms of the cepstrum describe. Each bin is multiplied by the
    ratio of the moved and the own envelope; phases, length and energy stay.

    Args:
        waveform: Waveforms, floating point.
        factor: Factor on the formants; 1.1 is a vocal tract that is a tenth shorter.
        sample_rate: Sampling rate, in Hz.

    Shape:
        - waveform: ``(..., time)``
        - output: ``(..., time)``

    Raises:
        ConfigError: If ``factor`` is outside 0.5 to 2.

    References:
        Jaitly and Hinton, "Vocal tract length perturbation (VTLP) improves speech recognition",
        ICML workshop on deep learning for audio, speech and language processing, 2013.
    """
    if not FACTORS[0] <= factor <= FACTORS[1]:  # also refuses NaN
        raise ConfigError(f"factor={factor} must be from 0.5 to 2; 1 keeps the formants.")
    length = OVERLAP * max(round(WINDOW * sample_rate / OVERLAP), 1)
    spectrum = analyse(waveform, length)  # (..., frames, bins)
    envelope = _envelope(spectrum.abs(), math.ceil(SMOOTH * sample_rate))
    gain = (_stretched(envelope, factor) - envelope).clamp(-STRONGEST, STRONGEST).exp()
    warped = synthesise(spectrum * gain, length, waveform.shape[-1])
    before, after = (t.square().mean(-1, keepdim=True) for t in (waveform, warped))
    return warped * (before / after.clamp(min=torch.finfo().tiny)).sqrt()


def _envelope(magnitude: Tensor, coefficients: int) -> Tensor:
    """Logarithm of a magnitude spectrum, smoothed along frequency by way of its cepstrum."""
    floor = (magnitude.amax((-2, -1), keepdim=True) * QUIET).clamp(min=torch.finfo().tiny)
    cepstrum = torch.fft.irfft(magnitude.maximum(floor).log())
    cepstrum[..., coefficients : cepstrum.shape[-1] - coefficients + 1] = 0
    envelope: Tensor = torch.fft.rfft(cepstrum).real
    return envelope


def _stretched(envelope: Tensor, factor: float) -> Tensor:
    """Read an envelope at ``factor`` times lower frequencies; beyond its end it goes on flat."""
    last = envelope.shape[-1] - 1
    place = (torch.arange(last + 1, dtype=torch.float64) / factor).clamp(max=last)
    below = place.long().clamp(max=last - 1)
    share = (place - below).to(envelope)
    below = below.to(envelope.device)
    return envelope[..., below].lerp(envelope[..., below + 1], share)

"""Tonal centroids: the fifths, minor thirds and major thirds of a sound, as points on circles."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import pad
from torchaudio.functional import resample

from ser.features.chroma import normalise
from ser.features.harmonic import harmonic
from ser.features.spectra import spectrum
from ser.features.tuning import STEPS, estimate_tuning

WINDOW, HOP = 2048, 512  # of the harmonic separation and the tuning, in samples at any rate
BINS, OCTAVES = 36, 7  # of the constant-Q transform
LOWEST = 440 * 2 ** (-45 / 12)  # C1, in Hz
MIN_RATE = 8_500  # the highest filter reaches 4.2 kHz, in Hz
FLOOR = 1e-6  # frames this far below the strongest hold rounding errors, no harmony
SPARSITY = 0.01  # part of each filter's spectrum that is dropped, from the weakest up


class Tonnetz(nn.Module):
    """Six tonal centroid coordinates per frame, from the harmonic part of an utterance.

    Harmonic separation, constant-Q chroma (36 bins an octave, 7 octaves from C1, at the tuning of
    the utterance), then a projection of the twelve pitch classes. The transform is recursive: all
    octaves share the filters of the highest, applied to ever further decimated audio.

    Differs from librosa in digital silence: a frame 120 dB below the strongest is at the origin,
    where librosa normalises the rounding errors of its resampler to full size.

    Args:
        sample_rate: Sampling rate, in Hz, ``MIN_RATE`` at least.

    Shape:
        - waveform: ``(time,)``, one utterance
        - output: ``(6, frames)``, one frame every 512 samples

    References:
        Harte, Sandler, Gasser, "Detecting harmonic change in musical audio", AMCMM 2006.
        Schörkhuber, Klapuri, "Constant-Q transform toolbox for music processing", SMC 2010.
    """

    taper: Tensor
    projection: Tensor

    def __init__(self, sample_rate: int) -> None:
        super().__init__()
        self.sample_rate = sample_rate
        ratio = 2 ** (2 / BINS)
        self.quality = (ratio + 1) / (ratio - 1)  # centre frequency over bandwidth
        top = LOWEST * 2 ** (OCTAVES - 0.5 / BINS)  # highest bin at the highest tuning
        # Halve the rate first as often as the top filter and the hop allow, less one for safety.
        halvings = math.ceil(math.log2(sample_rate / 2 / (top * (1 + 0.75 / self.quality)))) - 2
        self.halvings = min(max(halvings, 0), int(math.log2(HOP)) - OCTAVES + 1)
        self.top_rate = sample_rate / 2**self.halvings
        longest = self.quality * self.top_rate / (LOWEST * 2 ** (OCTAVES - 1 - 0.5 / BINS))
        self.size = 2 ** math.ceil(math.log2(longest))
        self.register_buffer("taper", torch.hann_window(WINDOW), persistent=False)
        self.register_buffer("projection", tonal_centroid(), persistent=False)

    def forward(self, waveform: Tensor, stft: Tensor | None = None) -> Tensor:
        """Return the coordinates.

        Args:
            waveform: Samples.
            stft: Its transform ``(bins, frames)`` with window 2048 and hop 512, if at hand.
        """
        if stft is None:
            stft = spectrum(waveform[None], self.taper, HOP)[0]
        sound = harmonic(stft, self.taper, HOP, len(waveform))
        chroma = self.chroma(sound)
        heard = chroma.amax(0) > FLOOR * chroma.amax()
        return self.projection @ normalise((chroma * heard)[None], 1)[0]

    def chroma(self, waveform: Tensor) -> Tensor:
        """Return the constant-Q chromagram, up to a constant factor.

        Shape:
            - waveform: ``(time,)``
            - output: ``(12, frames)``
        """
        magnitude = spectrum(waveform[None], self.taper, HOP).abs()
        step = int(estimate_tuning(magnitude, self.sample_rate, BINS))
        kernels = self.kernels(step / STEPS - 0.5).to(waveform)
        audio, hop, octaves = waveform, HOP >> self.halvings, []
        if self.halvings:
            audio = _decimate(audio, 2**self.halvings)
        for octave in range(OCTAVES):
            if octave:
                audio, hop = _decimate(audio, 2), hop // 2
            octaves.append(self._respond(audio, kernels, hop) * math.sqrt(2) ** octave)
        frames = min(part.shape[1] for part in octaves)
        energy = torch.stack([part[:, :frames] for part in octaves]).sum(0)  # (BINS, frames)
        # A pitch class gathers its bin and the two beside it; those of C start below C.
        return energy.roll(1, 0).reshape(12, BINS // 12, frames).sum(1)

    def kernels(self, tuning: float) -> Tensor:
        """Return the filters of one octave as real and imaginary parts in time.

        Args:
            tuning: Distance of the utterance from the tempered scale, in bins.

        Shape:
            - output: ``(size, 2 * BINS)``
        """
        bins = torch.arange(BINS, dtype=torch.float64, device=self.taper.device)
        hertz = LOWEST * 2 ** (OCTAVES - 1 + (bins[:, None] + tuning) / BINS)
        length = self.quality * self.top_rate / hertz  # (BINS, 1), in samples
        time = torch.arange(self.size, dtype=torch.float64, device=bins.device) - self.size // 2
        first, count = torch.floor(-length / 2), torch.floor(length / 2) - torch.floor(-length / 2)
        place = time + torch.ceil(count / 2)  # 0 .. count - 1, in the middle of the frame
        phase = 2 * math.pi * (place + first) * hertz / self.top_rate
        hann = 0.5 - 0.5 * torch.cos(2 * math.pi * place / count)
        hann = hann * ((place >= 0) & (place < count))
        gain = length.sqrt() / hann.sum(1, keepdim=True)
        return _sparse(torch.polar(gain * hann, phase))

    def _respond(self, audio: Tensor, kernels: Tensor, hop: int) -> Tensor:
        frames = pad(audio, (self.size // 2, self.size // 2)).unfold(0, self.size, hop)
        parts = frames @ kernels  # (frames, 2 * BINS)
        return torch.hypot(*parts.T.chunk(2))


def tonal_centroid() -> Tensor:
    """Return the projection from pitch classes to circles of fifths and thirds, ``(6, 12)``."""
    angle = torch.outer(torch.tensor([7 / 6, 3 / 2, 2 / 3]), torch.arange(12.0)) * math.pi
    radius = torch.tensor([1.0, 1.0, 0.5])[:, None]
    return torch.stack([radius * angle.sin(), radius * angle.cos()], 1).flatten(0, 1)


def _decimate(audio: Tensor, factor: int) -> Tensor:
    shorter: Tensor = resample(audio, factor, 1, lowpass_filter_width=32, rolloff=0.95)
    return shorter


def _sparse(filters: Tensor) -> Tensor:
    """Drop the weakest part of each filter's spectrum and its negative frequencies."""
    size = filters.shape[1]
    spectra = torch.fft.fft(filters)[:, : size // 2 + 1]
    strength, order = spectra.abs().sort(dim=1)
    share = strength.cumsum(1) / strength.sum(1, keepdim=True)
    spectra = spectra.scatter(1, order, spectra.gather(1, order) * (share >= SPARSITY))
    kernels = torch.fft.fft(spectra, n=size)  # a product of spectra, written as one in time
    return torch.cat([kernels.real, kernels.imag]).T.float()

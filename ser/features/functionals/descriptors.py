"""Low-level descriptors: 77 numbers a frame."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torchaudio.functional import create_dct, melscale_fbanks

from ser.features.functionals import shape
from ser.features.functionals.spectra import HIGHEST, Spectra, Spectrograph, decibels, floored

MELS, CEPSTRA = 40, 14
LOWEST = 50.0  # Hz
LOG_MEL = tuple(f"logmel_{band:02d}" for band in range(MELS))
MFCC = tuple(f"mfcc_{index:02d}" for index in range(CEPSTRA))
NAMES = (*LOG_MEL, *MFCC, "energy", "zcr", *shape.NAMES)


class Descriptors(nn.Module):
    """Log-mel levels, cepstra, energy, zero crossings and spectral shape of one utterance.

    Args:
        sample_rate: Sampling rate, in Hz.
        window_length: Samples of a window.
        hop_length: Samples from a window to the next.

    Shape:
        - waveform: ``(time,)``
        - output: ``(77, frames)``, named in ``NAMES``, and mel power, ``(frames, 40)``
    """

    filters: Tensor
    dct: Tensor

    def __init__(self, sample_rate: int, window_length: int, hop_length: int) -> None:
        super().__init__()
        self.spectrograph = Spectrograph(sample_rate, window_length, hop_length)
        hertz, highest = self.spectrograph.hertz, min(HIGHEST, sample_rate / 2)
        filters = melscale_fbanks(
            self.spectrograph.size // 2 + 1, LOWEST, highest, MELS, sample_rate,
            norm="slaney", mel_scale="slaney",
        )[: len(hertz)]  # fmt: skip
        self.register_buffer("filters", filters, persistent=False)
        self.register_buffer("dct", create_dct(CEPSTRA, MELS, norm="ortho"), persistent=False)
        self.shape = shape.SpectralShape(hertz, hertz @ filters / filters.sum(0))

    def forward(self, waveform: Tensor) -> tuple[Tensor, Tensor]:
        """Return the descriptors, and the mel power that some of them are from."""
        spectra = self.spectrograph(waveform)
        mel = spectra.power @ self.filters
        log_mel = decibels(mel)
        rows = [
            log_mel.T,
            (log_mel @ self.dct).T,
            decibels(floored(spectra.windows.square().mean(1)))[None],
            self._zero_crossings(spectra)[None],
            self.shape(spectra.power, mel),
        ]
        return torch.cat(rows), mel

    def _zero_crossings(self, spectra: Spectra) -> Tensor:
        """Share of the samples of a frame whose sign is not that of the sample before."""
        negative = spectra.samples < 0
        crossings = (negative[1:] ^ negative[:-1]).float()
        spectrograph = self.spectrograph
        return crossings.unfold(0, spectrograph.window_length - 1, spectrograph.hop_length).mean(1)

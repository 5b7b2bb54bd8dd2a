"""Log-mel spectrogram and mel-frequency cepstral coefficients."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn.functional import pad
from torchaudio.functional import create_dct, melscale_fbanks

from ser.features.frontend import AT_ONCE, FrontEnd, frame_mask, require

BLOCK = 16  # neighbouring mel filters that are applied at once
SUMMED = 192  # bins that a product of matrices sums up at once on AVX-512, before it adds the next
MOST_BANDS = 512
LEAST_BAND = 0.1
AMIN = 1e-10  # power below which dB are not followed, relative to full scale


def mel_filters(
    sample_rate: int, window_length: int, n_mels: int, bandwidth: float = 1.0
) -> Tensor:
    """Return Slaney mel filters of equal area from 0 Hz on.

    Args:
        sample_rate: Sampling rate, in Hz.
        window_length: Window length, in samples.
        n_mels: Number of bands.
        bandwidth: Where the last one ends, as a share of half the sampling rate.

    Returns:
        Filters of shape ``(n_mels, window_length // 2 + 1)``.

    References:
        Slaney, "Auditory Toolbox", Interval Research report 1998-010.
    """
    bins = window_length // 2 + 1
    filters: Tensor = melscale_fbanks(
        bins,
        0.0,
        bandwidth * sample_rate / 2,
        n_mels,
        sample_rate,
        norm="slaney",
        mel_scale="slaney",
    )
    return filters.T.contiguous()


class MelBank(nn.Module):
    """Mel filters, applied in blocks that read only the bins which they cover.

    Nine tenths of the matrix of filters are zeros; blocks of neighbours leave most of them out.
    What is left is summed up in the parts that the whole matrix would be summed up in, so that
    the result is that of the whole matrix to the bit, where those parts are known.

    Args:
        sample_rate: Sampling rate, in Hz.
        window_length: Window length, in samples.
        n_mels: Number of bands.
        bandwidth: Where the last one ends, as a share of half the sampling rate.

    Raises:
        ConfigError: If ``n_mels`` is not in 1 to 512, or ``bandwidth`` not in 0.1 to 1.

    Shape:
        - power: ``(batch, window_length // 2 + 1, frames)``
        - output: ``(batch, n_mels, frames)``
    """

    filters: Tensor

    def __init__(
        self, sample_rate: int, window_length: int, n_mels: int, bandwidth: float = 1.0
    ) -> None:
        super().__init__()
        require(
            0 < n_mels <= MOST_BANDS,
            f"n_mels={n_mels} must be positive and at most {MOST_BANDS}; 64 is usual.",
        )
        require(
            LEAST_BAND <= bandwidth <= 1,
            f"bandwidth={bandwidth} must be from {LEAST_BAND} to 1; 1 reads up to half the rate.",
        )
        filters = mel_filters(sample_rate, window_length, n_mels, bandwidth)
        self.register_buffer("filters", filters, persistent=False)
        bands = [slice(first, first + BLOCK) for first in range(0, n_mels, BLOCK)]
        self.blocks = [(band, _parts(_covered(filters[band]))) for band in bands]

    def forward(self, power: Tensor) -> Tensor:
        """Return the power in each band."""
        return torch.cat([self._bands(power, m, parts) for m, parts in self.blocks], 1)

    def _bands(self, power: Tensor, bands: slice, parts: list[slice]) -> Tensor:
        first, *rest = (self.filters[bands, k] @ power[:, k] for k in parts)
        return sum(rest, start=first)


def _covered(filters: Tensor) -> slice:
    """Return the bins from the first to the last that some filter hears."""
    bins = filters.amax(0).nonzero()[:, 0].tolist() or [0]
    return slice(bins[0], bins[-1] + 1)


def _parts(bins: slice) -> list[slice]:
    """Cut bins wherever a product of matrices begins a new sum."""
    cuts = range((bins.start // SUMMED + 1) * SUMMED, bins.stop, SUMMED)
    return [slice(*pair) for pair in pairwise([bins.start, *cuts, bins.stop])]


def spectrum(waveform: Tensor, taper: Tensor, hop_length: int) -> Tensor:
    """Return the centred short-time Fourier transform, zeros assumed outside the signal.

    Zeros, unlike reflections, make frames independent of what a batch puts after an utterance.

    Shape:
        - waveform: ``(batch, time)``
        - taper: ``(window_length,)``
        - output: ``(batch, window_length // 2 + 1, frames)``, complex
    """
    return torch.stft(
        waveform,
        len(taper),
        hop_length,
        window=taper,
        center=True,
        pad_mode="constant",
        return_complex=True,
    )


def spectrum_in_parts(waveform: Tensor, taper: Tensor, hop_length: int) -> Iterator[Tensor]:
    """Yield ``spectrum`` some seconds after the other, so that a long one stays in the cache.

    Shape:
        - waveform: ``(batch, time)``
        - taper: ``(window_length,)``
        - output: ``(batch, window_length // 2 + 1, frames)``, complex, for some of the frames each
    """
    parts = round(waveform.shape[1] / AT_ONCE) if waveform.is_cpu else 1
    if parts <= 1:
        yield spectrum(waveform, taper, hop_length)
        return
    edge, length = len(taper) // 2, len(taper)
    padded = pad(waveform, (edge, edge))
    frames = 1 + (padded.shape[1] - length) // hop_length
    for first, last in pairwise(frames * i // parts for i in range(parts + 1)):
        samples = padded[:, first * hop_length : (last - 1) * hop_length + length]
        yield torch.stft(
            samples, length, hop_length, window=taper, center=False, return_complex=True
        )


def power_of(stft: Tensor) -> Tensor:
    """Return squared magnitudes, faster than through ``abs``, which guards against overflow."""
    return stft.real.square() + stft.imag.square()


def decibels(power: Tensor, mask: Tensor, top_db: float | None) -> Tensor:
    """Return power in dB re 1, cut at ``top_db`` below the peak of each utterance.

    Args:
        power: Power, 0 where ``mask`` is False.
        mask: Frames that belong to the utterance; the others are 0 in the result.
        top_db: Dynamic range kept, in dB; None for all.

    Shape:
        - power: ``(batch, bands, frames)``
        - mask: ``(batch, frames)``
        - output: ``(batch, bands, frames)``
    """
    level = 10 * torch.log10(power.clamp(min=AMIN))
    if top_db is not None:
        level = torch.maximum(level, level.amax((1, 2), keepdim=True) - top_db)
    return level.masked_fill(~mask.unsqueeze(1), 0.0)


class LogMel(FrontEnd):
    """Log-mel power spectrogram, in dB.

    Args:
        sample_rate: Sampling rate of the waveforms, in Hz.
        window: Length of the Hann window, in seconds.
        hop: Step between frames, in seconds.
        n_mels: Mel bands from 0 Hz on.
        bandwidth: Where they end, as a share of ``sample_rate / 2``. What lies above is what codecs
            and resamplers remove or leave, whatever was said.
        top_db: Range kept below the peak of each utterance, in dB; None for all.
        offset: What to drop at the start of each utterance, in seconds.
        duration: What to keep after the offset at most, in seconds; None keeps all.
        pad: Zero-pad to ``duration``, the padding counting as signal.
        trim: Drop what is quieter at the ends, in dB below the loudest frame; None keeps it.
        level: Level that each utterance is scaled to, in dB re full scale; None keeps it.

    Shape:
        - waveform: ``(batch, time)``
        - output: ``(batch, n_mels, frames)``, one frame per hop

    Raises:
        ConfigError: If ``top_db`` is not positive, or as ``MelBank`` and ``FrontEnd`` say.
    """

    added: ClassVar[Mapping[str, Any]] = {**FrontEnd.added, "bandwidth": 1.0}
    taper: Tensor

    def __init__(
        self,
        sample_rate: int = 16_000,
        *,
        window: float = 0.064,
        hop: float = 0.016,
        n_mels: int = 64,
        bandwidth: float = 0.875,
        top_db: float | None = 80.0,
        offset: float = 0.0,
        duration: float | None = None,
        pad: bool = False,
        trim: float | None = 40.0,
        level: float | None = -20.0,
    ) -> None:
        super().__init__(
            sample_rate,
            window=window,
            hop=hop,
            offset=offset,
            duration=duration,
            pad=pad,
            trim=trim,
            level=level,
        )
        require(top_db is None or top_db > 0, f"top_db={top_db} must be positive or None.")
        self.n_mels, self.num_features = int(n_mels), int(n_mels)
        self.top_db = None if top_db is None else float(top_db)
        self.register_buffer("taper", torch.hann_window(self.window_length), persistent=False)
        self.bandwidth = float(bandwidth)
        self.bank = MelBank(self.sample_rate, self.window_length, self.n_mels, self.bandwidth)

    def extract(self, waveform: Tensor, lengths: Tensor) -> Tensor:
        """Return the spectrogram."""
        spectra = spectrum_in_parts(waveform, self.taper, self.hop_length)
        mel = torch.cat([self.bank(power_of(part)) for part in spectra], 2)
        mask = frame_mask(self.clipped_frames(lengths), mel.shape[2])
        return decibels(mel * mask.unsqueeze(1), mask, self.top_db)  # (batch, n_mels, frames)


class MFCC(LogMel):
    """Mel-frequency cepstral coefficients; by default the published 40 x 517 matrix.

    The orthonormal type-II cosine transform of a log-mel spectrogram in dB. The default reads 12 s
    at 22 050 Hz, zero-padded; a padded frame holds the peak level of its utterance less ``top_db``
    in coefficient 0, and 0 elsewhere.

    Args:
        sample_rate: Sampling rate of the waveforms, in Hz.
        n_mfcc: Coefficients kept, the first being the level.
        window: Length of the Hann window, in seconds.
        hop: Step between frames, in seconds.
        n_mels: Mel bands between 0 Hz and ``sample_rate / 2``.
        top_db: Range kept below the peak of each utterance, in dB; None for all.
        offset: What to drop at the start of each utterance, in seconds.
        duration: What to keep after the offset at most, in seconds; None keeps all.
        pad: Zero-pad to ``duration``, the padding counting as signal.
        trim: Drop what is quieter at the ends, in dB below the loudest frame; None keeps it.
        level: Level that each utterance is scaled to, in dB re full scale; None keeps it.

    Shape:
        - waveform: ``(batch, time)``
        - output: ``(batch, n_mfcc, frames)``, one frame per hop

    Raises:
        ConfigError: If ``n_mfcc`` is not in ``1..n_mels``, or as ``LogMel`` says.
    """

    dct: Tensor

    def __init__(
        self,
        sample_rate: int = 22_050,
        *,
        n_mfcc: int = 40,
        window: float = 2048 / 22_050,
        hop: float = 512 / 22_050,
        n_mels: int = 128,
        top_db: float | None = 80.0,
        offset: float = 0.0,
        duration: float | None = 12.0,
        pad: bool = True,
        trim: float | None = None,
        level: float | None = None,
    ) -> None:
        super().__init__(
            sample_rate,
            window=window,
            hop=hop,
            n_mels=n_mels,
            bandwidth=1.0,
            top_db=top_db,
            offset=offset,
            duration=duration,
            pad=pad,
            trim=trim,
            level=level,
        )
        require(0 < n_mfcc <= n_mels, f"n_mfcc={n_mfcc} must be in 1..n_mels={n_mels}.")
        self.n_mfcc, self.num_features = int(n_mfcc), int(n_mfcc)
        dct = create_dct(self.n_mfcc, self.n_mels, norm="ortho").T.contiguous()
        self.register_buffer("dct", dct, persistent=False)

    def extract(self, waveform: Tensor, lengths: Tensor) -> Tensor:
        """Return the coefficients."""
        return self.dct @ super().extract(waveform, lengths)

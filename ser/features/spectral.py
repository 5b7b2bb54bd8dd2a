"""Log-mel spectrogram and mel-frequency cepstral coefficients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import torch
from torch import Tensor
from torchaudio.functional import create_dct

from ser.features.frames import frame_mask
from ser.features.frontend import FrontEnd
from ser.features.limits import require
from ser.features.mel import MelBank
from ser.features.spectra import decibels, power_of, spectrum_in_parts


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
        require(0 < n_mfcc <= n_mels, f"n_mfcc={n_mfcc} must be from 1 to n_mels={n_mels}.")
        self.n_mfcc, self.num_features = int(n_mfcc), int(n_mfcc)
        dct = create_dct(self.n_mfcc, self.n_mels, norm="ortho").T.contiguous()
        self.register_buffer("dct", dct, persistent=False)

    def extract(self, waveform: Tensor, lengths: Tensor) -> Tensor:
        """Return the coefficients."""
        return self.dct @ super().extract(waveform, lengths)

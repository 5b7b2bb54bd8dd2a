"""One vector per utterance: means and deviations over time of several features."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor
from torchaudio.functional import create_dct

from ser.features import tonnetz
from ser.features.chroma import Chroma
from ser.features.frames import count_frames, frame_mask
from ser.features.frontend import FrontEnd
from ser.features.level import root_mean_square, zero_crossing_rate
from ser.features.limits import LONGEST, check_window, require
from ser.features.mel import MelBank, check_bands
from ser.features.spectra import decibels, power_of, spectrum

EMODB_PARTS = ("zcr", "chroma", "mfcc", "rms", "mel")
IEMOCAP_PARTS = ("chroma", "mfcc", "mel", "rms", "tonnetz", "zcr")
STATISTICS = ("mean", "std")


@dataclass(frozen=True)
class _Frames:
    """What several parts read: a batch of utterances and its spectra, 0 beyond each utterance."""

    waveform: Tensor  # (batch, time)
    lengths: Tensor  # (batch,)
    stft: Tensor  # (batch, bins, frames), complex, not masked
    counts: Tensor  # (batch,)
    mask: Tensor  # (batch, frames)
    magnitude: Tensor  # (batch, bins, frames)
    mel: Tensor  # (batch, n_mels, frames), power


class UtteranceStatistics(FrontEnd):
    """Statistics over time of frame features, by default 182 over the whole utterance.

    The vector holds the first statistic of all parts, in their order, then the second of all parts.
    ``feature_names`` names each number; ``emodb`` and ``iemocap`` are the published vectors.

    Args:
        sample_rate: Sampling rate of the waveforms, in Hz.
        parts: Features, in order: ``zcr`` (zero-crossing rate, 1 number), ``chroma`` (12),
            ``mfcc`` (``n_mfcc``), ``rms`` (1), ``mel`` (``n_mels``), ``tonnetz`` (6).
        statistics: ``mean``, ``std`` (of the population) or both, in order.
        mel_decibels: Take ``mel`` in dB, not as power.
        n_mfcc: Coefficients of ``mfcc``.
        n_mels: Mel bands of ``mel`` and ``mfcc``.
        bandwidth: Where these end, as a share of ``sample_rate / 2``.
        top_db: Range kept below the peak of each utterance in what is in dB, in dB; None for all.
        window: Length of the Hann window of the spectra, in seconds.
        hop: Step between frames, in seconds.
        level_window: Frame length of ``rms`` and ``zcr``, in seconds.
        offset: What to drop at the start of each utterance, in seconds.
        duration: What to keep after the offset at most, in seconds; None keeps all.
        pad: Zero-pad to ``duration``; the statistics then run over the padding too.
        trim: Drop what is quieter at the ends, in dB below the loudest frame; None keeps it.
        level: Level that each utterance is scaled to, in dB re full scale; None keeps it.

    Shape:
        - waveform: ``(batch, time)``
        - output: ``(batch, num_features)``

    Raises:
        ConfigError: If a part or statistic is unknown, repeated or none is given, ``n_mfcc`` is not
            in ``1..n_mels``, ``level_window`` or ``top_db`` is not positive, or as ``MelBank`` and
            ``FrontEnd`` say.
    """

    added: ClassVar[Mapping[str, Any]] = {**FrontEnd.added, "bandwidth": 1.0, "top_db": 80.0}
    sequence = False
    taper: Tensor
    dct: Tensor

    def __init__(
        self,
        sample_rate: int = 16_000,
        *,
        parts: Sequence[str] = EMODB_PARTS,
        statistics: Sequence[str] = STATISTICS,
        mel_decibels: bool = True,
        n_mfcc: int = 13,
        n_mels: int = 64,
        bandwidth: float = 0.875,
        top_db: float | None = 80.0,
        window: float = 0.064,
        hop: float = 0.016,
        level_window: float = 0.064,
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
        check_bands(n_mels)
        require(0 < n_mfcc <= n_mels, f"n_mfcc={n_mfcc} must be from 1 to n_mels={n_mels}.")
        require(top_db is None or top_db > 0, f"top_db={top_db} must be positive or None.")
        require(
            0 < level_window <= LONGEST,
            f"level_window={level_window} must be positive, in seconds.",
        )
        self._check_parts(parts)
        self.parts = _known("parts", parts, IEMOCAP_PARTS)
        self.statistics = _known("statistics", statistics, STATISTICS)
        self.mel_decibels, self.level_window = bool(mel_decibels), float(level_window)
        self.n_mfcc, self.n_mels = int(n_mfcc), int(n_mels)
        self.bandwidth = float(bandwidth)
        self.top_db = None if top_db is None else float(top_db)
        self.level_length = self.samples(self.level_window)
        check_window("level_window", self.level_length, self.hop_length)
        self.num_features = len(self.feature_names)
        self._build()

    def _check_parts(self, parts: Sequence[str]) -> None:
        """Refuse parts that the sampling rate or the window cannot give."""
        require(
            "tonnetz" not in parts or self.sample_rate >= tonnetz.MIN_RATE,
            f"sample_rate={self.sample_rate} is too low for tonnetz, which needs "
            f"{tonnetz.MIN_RATE} Hz; raise it or leave tonnetz out of parts.",
        )
        require(
            "chroma" not in parts or self.window_length > 1,
            f"window={self.window} has one sample at {self.sample_rate} Hz, and chroma needs "
            "frequencies; raise it or leave chroma out of parts.",
        )

    @classmethod
    def emodb(cls) -> UtteranceStatistics:
        """Return the 155 means of the published EmoDB experiments: 2.5 s from 0.6 s on."""
        return cls._published(22_050, level_window=2048 / 22_050, offset=0.6, duration=2.5)

    @classmethod
    def iemocap(cls) -> UtteranceStatistics:
        """Return the 161 means of the published IEMOCAP experiments: 12 s at 48 kHz, padded."""
        return cls._published(
            48_000, parts=IEMOCAP_PARTS, level_window=1024 / 48_000, duration=12.0, pad=True
        )

    @classmethod
    def _published(cls, rate: int, **settings: Any) -> UtteranceStatistics:
        return cls(
            rate,
            statistics=["mean"],
            mel_decibels=False,
            n_mels=128,
            bandwidth=1.0,
            window=2048 / rate,
            hop=512 / rate,
            trim=None,
            level=None,
            **settings,
        )

    @property
    def feature_names(self) -> list[str]:
        """Name each number, as in ``mfcc_3_mean``."""
        sizes = {"chroma": 12, "mfcc": self.n_mfcc, "mel": self.n_mels, "tonnetz": 6}
        return [
            f"{part}_{index}_{statistic}"
            for statistic in self.statistics
            for part in self.parts
            for index in range(sizes.get(part, 1))
        ]

    def extract(self, waveform: Tensor, lengths: Tensor) -> Tensor:
        """Return the vectors."""
        frames = self._frames(waveform, lengths)
        found = [getattr(self, f"_{part}")(frames) for part in self.parts]
        moments = {"mean": _mean, "std": _deviation}
        return torch.cat([moments[name](*part) for name in self.statistics for part in found], 1)

    def _build(self) -> None:
        taper = torch.hann_window(self.window_length)
        dct = create_dct(self.n_mfcc, self.n_mels, norm="ortho").T.contiguous()
        for name, value in {"taper": taper, "dct": dct}.items():
            self.register_buffer(name, value, persistent=False)
        self.bank = MelBank(self.sample_rate, self.window_length, self.n_mels, self.bandwidth)
        if "chroma" in self.parts:
            self.chroma = Chroma(self.sample_rate, self.window_length)
        if "tonnetz" in self.parts:
            self.tonnetz = tonnetz.Tonnetz(self.sample_rate)

    def _frames(self, waveform: Tensor, lengths: Tensor) -> _Frames:
        stft = spectrum(waveform, self.taper, self.hop_length)
        counts = count_frames(lengths, self.window_length, self.hop_length)
        mask = frame_mask(counts, stft.shape[2])
        power = power_of(stft) * mask.unsqueeze(1)
        return _Frames(waveform, lengths, stft, counts, mask, power.sqrt(), mel=self.bank(power))

    def _zcr(self, frames: _Frames) -> tuple[Tensor, Tensor]:
        return zero_crossing_rate(
            frames.waveform, frames.lengths, self.level_length, self.hop_length
        )

    def _rms(self, frames: _Frames) -> tuple[Tensor, Tensor]:
        return root_mean_square(frames.waveform, frames.lengths, self.level_length, self.hop_length)

    def _chroma(self, frames: _Frames) -> tuple[Tensor, Tensor]:
        return self.chroma(frames.magnitude), frames.counts

    def _mfcc(self, frames: _Frames) -> tuple[Tensor, Tensor]:
        return self.dct @ decibels(frames.mel, frames.mask, self.top_db), frames.counts

    def _mel(self, frames: _Frames) -> tuple[Tensor, Tensor]:
        if self.mel_decibels:
            return decibels(frames.mel, frames.mask, self.top_db), frames.counts
        return frames.mel, frames.counts

    def _tonnetz(self, frames: _Frames) -> tuple[Tensor, Tensor]:
        # One by one: its medians and decimations know no lengths, and outweigh the loop.
        shared = (self.window_length, self.hop_length) == (tonnetz.WINDOW, tonnetz.HOP)
        values = []
        for i, length in enumerate(frames.lengths.tolist()):
            stft = frames.stft[i, :, : int(frames.counts[i])] if shared else None
            values.append(self.tonnetz(frames.waveform[i, :length], stft).T)  # (frames, 6)
        counts = torch.tensor([len(value) for value in values], device=frames.counts.device)
        return torch.nn.utils.rnn.pad_sequence(values, batch_first=True).transpose(1, 2), counts


def _known(name: str, values: Sequence[str], allowed: Sequence[str]) -> list[str]:
    found = [str(value) for value in values]
    require(
        0 < len(found) == len(set(found)) and set(found) <= set(allowed),
        f"{name}={found} must be different names among {', '.join(allowed)}; correct the list.",
    )
    return found


def _mean(values: Tensor, counts: Tensor) -> Tensor:
    # One by one: padding in a sum would change its order, and with it the last digits.
    return torch.stack(
        [row[:, :n].sum(1) / n for row, n in zip(values, counts.tolist(), strict=True)]
    )


def _deviation(values: Tensor, counts: Tensor) -> Tensor:
    distance = values - _mean(values, counts).unsqueeze(2)
    return _mean(distance.square(), counts).sqrt()

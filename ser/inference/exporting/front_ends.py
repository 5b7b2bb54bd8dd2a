"""Front ends in a form that compilers trace: shapes follow from those of the input alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn

from ser.errors import ExportError
from ser.features import MFCC, FrontEnd, Functionals, LogMel, RawWaveform, UtteranceStatistics
from ser.features.chroma import normalise
from ser.features.frames import count_frames, frame_mask
from ser.features.level import root_mean_square, zero_crossing_rate
from ser.features.opensmile import OpenSmile
from ser.features.pretrained.encoder import PretrainedEncoder
from ser.features.spectra import decibels
from ser.inference.exporting.clips import clip
from ser.inference.exporting.spectra import Power
from ser.inference.exporting.tuning import estimate_tuning


class Traced(nn.Module):
    """A front end whose own ``extract`` can be traced; base of the forms of the others.

    Args:
        front_end: The front end.

    Shape:
        - waveform: ``(batch, time)``
        - lengths: ``(batch,)``
        - output: as ``FrontEnd.transform`` gives it
    """

    def __init__(self, front_end: FrontEnd) -> None:
        super().__init__()
        self.front_end = front_end

    def forward(self, waveform: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """Return features, and the frames of each utterance."""
        clipped, kept = clip(self.front_end, waveform, lengths)
        return self.extract(clipped, kept), self.front_end.clipped_frames(kept)

    def extract(self, waveform: Tensor, lengths: Tensor) -> Tensor:
        """Return the features of clips."""
        return self.front_end.extract(waveform, lengths)


class TracedLogMel(Traced):
    """``LogMel`` and ``MFCC``."""

    def __init__(self, front_end: LogMel) -> None:
        super().__init__(front_end)
        self.bank, self.top_db = front_end.bank, front_end.top_db
        self.dct = front_end.dct if isinstance(front_end, MFCC) else None
        self.power = Power(front_end.taper, front_end.hop_length)

    def extract(self, waveform: Tensor, lengths: Tensor) -> Tensor:
        """Return the spectrogram, or its cepstra."""
        mel = self.bank(self.power(waveform))
        mask = frame_mask(self.front_end.clipped_frames(lengths), mel.shape[2])
        level = decibels(mel * mask.unsqueeze(1), mask, self.top_db)
        return level if self.dct is None else self.dct @ level


class TracedStatistics(Traced):
    """``UtteranceStatistics``, whose sums over time are masked instead of cut."""

    def __init__(self, front_end: UtteranceStatistics) -> None:
        super().__init__(front_end)
        if "tonnetz" in front_end.parts:
            raise ExportError(
                "tonnetz is computed utterance by utterance, through resamplers that follow its "
                "tuning, and no export has such loops; train without it in features.parts, or "
                "export to=safetensors."
            )
        self.statistics, self.parts = front_end.statistics, front_end.parts
        self.own = front_end
        self.power = Power(front_end.taper, front_end.hop_length)

    def extract(self, waveform: Tensor, lengths: Tensor) -> Tensor:
        """Return the vectors."""
        own, hop = self.own, self.own.hop_length
        counts = count_frames(lengths, own.window_length, hop)
        power = self.power(waveform)
        mask = frame_mask(counts, power.shape[2])
        power = power * mask.unsqueeze(1)
        mel = own.bank(power)
        level = (waveform, lengths, own.level_length, hop)
        found: Mapping[str, Callable[[], tuple[Tensor, Tensor]]] = {
            "zcr": lambda: zero_crossing_rate(*level),
            "rms": lambda: root_mean_square(*level),
            "chroma": lambda: (self._chroma(power.sqrt()), counts),
            "mfcc": lambda: (own.dct @ decibels(mel, mask, own.top_db), counts),
            "mel": lambda: (decibels(mel, mask, own.top_db) if own.mel_decibels else mel, counts),
        }
        moments = [_moments(*found[part]()) for part in self.parts]
        return torch.cat([part[name] for name in self.statistics for part in moments], 1)

    def _chroma(self, magnitude: Tensor) -> Tensor:
        chroma = self.own.chroma
        tuning = estimate_tuning(magnitude, chroma.sample_rate)
        return normalise(chroma.filters[tuning] @ magnitude, torch.inf)


def _moments(values: Tensor, counts: Tensor) -> dict[str, Tensor]:
    mask, count = frame_mask(counts, values.shape[2])[:, None], counts[:, None]
    mean = (values * mask).sum(2) / count
    squares = ((values - mean[..., None]) * mask).square().sum(2) / count
    return {"mean": mean, "std": squares.sqrt()}


FORMS: Mapping[type[FrontEnd], Callable[..., Traced]] = {
    RawWaveform: Traced,
    LogMel: TracedLogMel,
    MFCC: TracedLogMel,
    UtteranceStatistics: TracedStatistics,
}
REASONS: Mapping[type[FrontEnd], str] = {
    Functionals: "they are computed peak by peak, and no export has such loops",
    OpenSmile: "openSMILE is a program of its own, whose code no export holds",
    PretrainedEncoder: "its encoder is kept beside model files and not in them",
}


def traced(front_end: FrontEnd) -> Traced:
    """Give the form of a front end that can be traced.

    Args:
        front_end: One of ``ser.features``.

    Raises:
        ExportError: If it has none.
    """
    kind = type(front_end)
    if kind in FORMS:
        return FORMS[kind](front_end)
    reasons = [reason for refused, reason in REASONS.items() if isinstance(front_end, refused)]
    raise ExportError(f"{kind.__name__} cannot be exported: {reasons[0]}; {ELSE}")


ELSE = "train on features=logmel, mfcc or statistics, or export to=safetensors."

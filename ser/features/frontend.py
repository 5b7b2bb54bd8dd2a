"""What every front end shares: clip settings, frame counts, and their description."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from ser.features.frames import count_frames
from ser.features.limits import check_times, check_window, require
from ser.features.padding import without_padding
from ser.features.recording import check_levels, cut, normalised
from ser.system.source import is_ours

AT_ONCE = 2**18  # samples per step on a CPU: spectra of more fall out of its cache

MOST_PADDED = 2**26  # numbers that an utterance is padded to, in samples or in bins of its spectrum


class FrontEnd(nn.Module):
    """Base of the transforms from a waveform to features.

    A subclass writes ``extract`` and keeps every constructor argument, as a plain number, string or
    list, in the attribute of the same name; ``settings`` reads them from there.

    Silence is trimmed before anything else is cut, and the level is that of the whole utterance,
    whatever is kept of it.

    An utterance that is not longer than ``offset + window`` is not skipped: its offset is reduced,
    down to 0 if need be, so that one window (or the whole of a still shorter utterance) remains.

    Args:
        sample_rate: Sampling rate that the waveforms must already have, in Hz.
        window: Window length, in seconds, rounded to samples.
        hop: Step between frames, in seconds, rounded to samples.
        offset: What to drop at the start of each utterance, in seconds.
        duration: What to keep after the offset at most, in seconds; None keeps all.
        pad: Zero-pad shorter utterances to ``duration``. The padding then counts as signal: its
            frames are features like any other, as in published systems that pad the audio.
        trim: Drop what lies at the ends and is quieter than the loudest 25 ms of the utterance by
            more than this, in dB; None keeps it.
        level: Subtract the mean of each utterance and scale it to this level, in dB re full scale:
            the root mean square of frames that count by their power. None keeps both.

    Attributes:
        added: Settings that a version of this package added to an existing class, with the values
            that stand for what was before: a description written earlier lacks them.
        drops_padding: Whether ``trim`` drops ends that stand still for long, before it measures.
        digest: SHA-256 of pretrained weights, where it has such; ``settings`` has it then.
        version: Raised whenever the same settings give other numbers, by more than rounding.
        num_features: Channels of a sequence, or length of a vector.
        sequence: Whether the output has a frame axis.

    Shape:
        - waveform: ``(batch, time)``
        - lengths: ``(batch,)``, samples of each utterance
        - output: ``(batch, channels, frames)``, or ``(batch, features)`` if not ``sequence``

    Raises:
        ConfigError: If a rate or a time is not positive, ``pad`` has no ``duration`` to fill, or
            ``trim`` or ``level`` is out of range.
    """

    added: ClassVar[Mapping[str, Any]] = {"trim": None, "level": None}
    drops_padding: bool = False
    digest: str | None = None
    version: int = 1
    sequence: bool = True
    num_features: int

    def __init__(
        self,
        sample_rate: int,
        *,
        window: float,
        hop: float,
        offset: float = 0.0,
        duration: float | None = None,
        pad: bool = False,
        trim: float | None = None,
        level: float | None = None,
    ) -> None:
        super().__init__()
        check_times(sample_rate, window, hop, offset, duration)
        check_levels(trim, level)
        require(
            duration is not None or not pad,
            "pad=True with duration=None: set the duration to pad to, in seconds.",
        )
        self.sample_rate = int(sample_rate)
        self.window, self.hop, self.offset = float(window), float(hop), float(offset)
        self.duration = None if duration is None else float(duration)
        self.pad = bool(pad)
        self.trim = None if trim is None else float(trim)
        self.level = None if level is None else float(level)
        self.window_length = self.samples(self.window)
        self.hop_length = self.samples(self.hop)
        self._check_lengths()

    @property
    def follows(self) -> bool:
        """Whether it is to give the same of any recording, so that its rate follows the corpus."""
        return self.trim is not None or self.level is not None

    def at_rate(self, sample_rate: int) -> FrontEnd:
        """Return the same front end at another rate, in Hz."""
        return type(self)(**{**self.settings(), "sample_rate": sample_rate})

    @classmethod
    def earlier(cls) -> dict[str, Any]:
        """Return what a description that lacks the settings of ``added`` stands for."""
        known = inspect.signature(cls).parameters
        return {name: value for name, value in cls.added.items() if name in known}

    def samples(self, seconds: float) -> int:
        """Return the number of samples nearest to a time in seconds, at least 1 if it is not 0."""
        return max(round(seconds * self.sample_rate), int(seconds > 0))

    def forward(self, waveform: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Return the features, in float32 whatever autocast is in force.

        Frames beyond an utterance's own are 0, and its numbers do not depend on its batch mates.

        Args:
            waveform: Samples.
            lengths: Samples of each utterance, the rest being padding; None if all are full.
        """
        return self.transform(waveform, lengths)[0]

    def transform(self, waveform: Tensor, lengths: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Return the features, and the number of frames of each utterance; 1 for a vector.

        Args:
            waveform: Samples.
            lengths: Samples of each utterance, the rest being padding; None if all are full.

        Shape:
            - waveform: ``(batch, time)``
            - lengths: ``(batch,)``
        """
        with torch.autocast(waveform.device.type, enabled=False):
            return self.transform_clips(*self.clip(waveform.float(), lengths))

    def transform_clips(self, waveform: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """Return what ``transform`` does, of what ``clip`` gives, outside of autocast."""
        rows = max(AT_ONCE // waveform.shape[1], 1) if waveform.is_cpu else len(waveform)
        parts = zip(torch.split(waveform, rows), torch.split(lengths, rows), strict=True)
        features = torch.cat([self.extract(*part) for part in parts])
        return features, self.clipped_frames(lengths)

    def extract(self, waveform: Tensor, lengths: Tensor) -> Tensor:
        """Return the features of clipped waveforms that are 0 beyond their lengths."""
        raise NotImplementedError

    def clip(self, waveform: Tensor, lengths: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Bring each utterance to its level, and cut it as set: ``trim``, then the times.

        Returns:
            The clipped waveforms, 0 beyond their lengths, and those lengths in samples.
        """
        if lengths is None:
            lengths = torch.full((len(waveform),), waveform.shape[1], device=waveform.device)
        lengths = lengths.to(waveform.device)
        if self.drops_padding and self.trim is not None:
            waveform, lengths = without_padding(waveform, lengths, self.sample_rate)
        waveform, first, lengths = self.levelled(waveform, lengths)
        start, kept = self.span(lengths)
        clipped = cut(waveform, first + start, kept, self._width(kept))
        return clipped, torch.full_like(kept, clipped.shape[1]) if self.pad else kept

    def levelled(self, waveform: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Trim utterances and bring them to their level, as set; nothing is cut yet.

        Returns:
            The waveforms, the first sample of each that is kept, and how many are.
        """
        if self.trim is None and self.level is None:
            return waveform, torch.zeros_like(lengths), lengths
        return normalised(
            waveform,
            lengths,
            self.sample_rate,
            trim=self.trim,
            level=self.level,
            least=self.window_length,
        )

    def num_frames(self, lengths: Tensor) -> Tensor:
        """Return the frames that utterances of ``lengths`` raw samples give; 1 for a vector.

        With ``trim`` these are the most that they give; ``transform`` counts those of a waveform.
        """
        kept = self.span(lengths)[1]
        if self.pad and self.duration:
            kept = torch.full_like(kept, self.samples(self.duration))
        return self.clipped_frames(kept)

    def clipped_frames(self, lengths: Tensor) -> Tensor:
        """Return the frames that clips of ``lengths`` samples give; 1 for a vector."""
        if not self.sequence:
            return torch.ones_like(lengths)
        return count_frames(lengths, self.window_length, self.hop_length)

    def span(self, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """Return the first sample that ``offset`` and ``duration`` keep, and how many they keep.

        Shape:
            - lengths, outputs: ``(batch,)``
        """
        latest = (lengths - self.window_length).clamp(min=0)
        start = latest.clamp(max=self.samples(self.offset))
        kept = lengths - start
        if self.duration is not None:
            kept = kept.clamp(max=self.samples(self.duration))
        return start, kept

    def settings(self) -> dict[str, Any]:
        """Return the constructor arguments, ready for JSON.

        Raises:
            ConfigError: If an argument is not kept in the attribute of the same name.
        """
        names = list(inspect.signature(type(self)).parameters)
        lost = [name for name in names if not hasattr(self, name)]
        require(
            not lost,
            f"{type(self).__name__} has no attribute {', '.join(lost)}: keep every argument of the "
            "constructor as a plain number, string or list in the attribute of the same name.",
        )
        return {name: getattr(self, name) for name in names}

    def spec(self) -> dict[str, Any]:
        """Return what ``build_front_end`` needs: class name, settings and version."""
        return {"name": self.known_as(), "settings": self.settings(), "version": self.version}

    @classmethod
    def known_as(cls) -> str:
        """Return the name of the class in model files.

        A class outside this package has its module in its name, or one that is called as one of
        this package would be taken for it.
        """
        return cls.__name__ if is_ours(cls) else f"{cls.__module__}.{cls.__qualname__}"

    def extra_repr(self) -> str:
        """Return the settings, for ``print``."""
        return ", ".join(f"{name}={value!r}" for name, value in self.settings().items())

    def _check_lengths(self) -> None:
        """Refuse what no memory holds; a model file may ask for anything."""
        check_window("window", self.window_length, self.hop_length)
        width = self.samples(self.duration) if self.pad and self.duration else 0
        size = max(width, width // self.hop_length * (self.window_length // 2 + 1))
        require(
            size <= MOST_PADDED,
            f"duration={self.duration} with pad=True makes a spectrum of {size} numbers of every "
            f"utterance, and more than {MOST_PADDED} are too many; shorten it, or raise the hop.",
        )

    def _width(self, kept: Tensor) -> int:
        """Return the samples that clips are padded to."""
        return self.samples(self.duration) if self.pad and self.duration else int(kept.max())

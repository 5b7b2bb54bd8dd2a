"""The front end: descriptors, deltas, functionals, and the names of all numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product
from typing import Any, ClassVar

import torch
from torch import Tensor

from ser.features.frontend import FrontEnd
from ser.features.functionals import (
    descriptors,
    levels,
    modulation,
    moments,
    peaks,
    percentiles,
    regression,
)
from ser.features.functionals.spectra import decibels
from ser.features.functionals.tracks import Tracks, deltas, smoothed, steadied
from ser.features.limits import require

WINDOW, HOP = 0.025, 0.010  # seconds
LOWEST_RATE = 8000  # Hz; below it bands would be empty
ENERGY = descriptors.NAMES.index("energy")
FAMILIES: tuple[tuple[tuple[str, ...], Callable[[Tracks], Tensor]], ...] = (
    (moments.NAMES, moments.moments),
    (percentiles.NAMES, percentiles.percentiles),
    (levels.NAMES, levels.levels),
    (regression.NAMES, regression.regression),
    (peaks.NAMES, peaks.peaks),
)


def names(*, modulations: bool = False) -> list[str]:
    """Name the 5 430 numbers in their order, as in ``logmel_07_delta__percentile_95``.

    Args:
        modulations: Whether the 1 232 of the modulation spectra follow.
    """
    tracks = [*descriptors.NAMES, *(f"{name}_delta" for name in descriptors.NAMES)]
    functionals = [name for family, _ in FAMILIES for name in family]
    long_term = [f"{name}__long_term" for name in descriptors.LOG_MEL]
    bands = product(descriptors.NAMES, modulation.NAMES if modulations else ())
    return [
        *(f"{track}__{name}" for track, name in product(tracks, functionals)),
        *long_term,
        *(f"{track}__{name}" for track, name in bands),
    ]


class Functionals(FrontEnd):
    """Functionals of 77 low-level descriptors and of their deltas: 5 430 numbers an utterance.

    The waveform is centred and scaled to a peak of 1; spectra are floored 80 dB below their maximum
    and read up to 8 kHz, or half the sampling rate where that is lower; frames are whole windows of
    25 ms, 10 ms apart. Descriptors are smoothed over 3 frames: 40 log-mel levels from 50 Hz on, 14
    cepstra, energy, zero crossings and 21 of spectral shape. Of each, and of its slope over 5
    frames, there are 35 functionals: moments, percentiles, levels, regression and peaks. The other
    40 numbers are the levels of the mel bands over the whole utterance, relative to their sum.

    ``feature_names`` names each number. One frame is enough; what a functional of a few frames or
    of a constant is, its function says.

    Args:
        sample_rate: Sampling rate of the waveforms, in Hz, at least 8000.
        offset: What to drop at the start of each utterance, in seconds.
        duration: What to keep after the offset at most, in seconds; None keeps all.
        trim: Drop what is quieter at the ends, in dB below the loudest frame, and before that what
            stands still there for more than 0.2 s; None keeps both.
        gate: Describe only frames that are at most this much quieter than the loudest, in dB,
            wherever they are; None describes pauses too.
        modulations: Whether the modulation spectrum of each descriptor follows, in 16 bands from
            0.5 to 50 Hz: 1 232 numbers more. ``gate`` changes nothing in them.

    Shape:
        - waveform: ``(batch, time)``
        - output: ``(batch, 5430)``, or ``(batch, 6662)`` with ``modulations``

    Raises:
        ConfigError: If ``sample_rate`` is below 8000, ``gate`` is not positive, or as ``FrontEnd``
            says.

    References:
        Weninger et al., "On the acoustics of emotion in audio: what speech, music, and sound have
        in common", Frontiers in Psychology 2013 (ComParE, functionals of descriptors and deltas).
        https://doi.org/10.3389/fpsyg.2013.00292
    """

    added: ClassVar[Mapping[str, Any]] = {**FrontEnd.added, "gate": None, "modulations": False}
    version = 2
    sequence = False
    drops_padding = True

    def __init__(
        self,
        sample_rate: int = 16_000,
        *,
        offset: float = 0.0,
        duration: float | None = None,
        trim: float | None = 60.0,
        gate: float | None = None,
        modulations: bool = False,
    ) -> None:
        super().__init__(
            sample_rate, window=WINDOW, hop=HOP, offset=offset, duration=duration, trim=trim
        )
        require(
            sample_rate >= LOWEST_RATE,
            f"sample_rate={sample_rate} is too low for Functionals, which needs {LOWEST_RATE} Hz; "
            "raise it, or choose other features.",
        )
        require(
            gate is None or gate > 0,
            f"gate={gate} must be positive, in dB below the loudest frame; null describes all.",
        )
        self.gate = None if gate is None else float(gate)
        self.modulations = bool(modulations)
        self.descriptors = descriptors.Descriptors(
            self.sample_rate, self.window_length, self.hop_length
        )
        self.num_features = len(self.feature_names)

    @property
    def feature_names(self) -> list[str]:
        """Name each number; the same as ``names``."""
        return names(modulations=self.modulations)

    def extract(self, waveform: Tensor, lengths: Tensor) -> Tensor:
        """Return the vectors.

        One utterance after the other, each with all its tracks at once: padding would change the
        order of sums, and with their last digit which peaks are prominent.
        """
        pairs = zip(waveform, lengths.tolist(), strict=True)
        return torch.stack([self._of(samples[:length]) for samples, length in pairs])

    def _of(self, samples: Tensor) -> Tensor:
        found, mel = self.descriptors(samples)
        values = steadied(smoothed(found))
        tracks = Tracks.of(self._loud(torch.cat([values, deltas(values)]), found), self.hop)
        power = mel.mean(0)
        numbers = [of_tracks(tracks) for _, of_tracks in FAMILIES]
        parts = [torch.cat(numbers, 1).flatten(), decibels(power / power.sum())]
        if self.modulations:
            parts.append(modulation.modulation(Tracks.of(values, self.hop)).flatten())
        return torch.cat(parts)

    def _loud(self, tracks: Tensor, found: Tensor) -> Tensor:
        """Leave out frames that are quieter than ``gate`` allows."""
        if self.gate is None:
            return tracks
        energy = found[ENERGY]
        return tracks[:, energy >= energy.max() - self.gate]

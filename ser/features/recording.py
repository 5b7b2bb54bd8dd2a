"""What differs between recordings of one utterance: level, offset, silence at the ends."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import pad

from ser.errors import ConfigError
from ser.features.frames import frame_mask

STEP = 0.005  # seconds from a frame to the next
STEPS = 5  # of a frame: 25 ms
DEEPEST = 120.0  # dB
QUIETEST = 1e-12  # power below which nothing is made louder


@dataclass(frozen=True)
class Loudness:
    """Power of an utterance over time, about its mean.

    Args:
        short: Mean square of every 5 ms, 0 beyond an utterance's own.
        frames: Mean square of the 25 ms from each of these on, 0 where they end beyond it.
        step: Samples of 5 ms.
        lengths: Samples of each utterance.

    Shape:
        - short: ``(batch, steps)``
        - frames: ``(batch, steps - 4)``
        - lengths: ``(batch,)``
    """

    short: Tensor
    frames: Tensor
    step: int
    lengths: Tensor

    @staticmethod
    def of(waveform: Tensor, lengths: Tensor, sample_rate: int) -> Loudness:
        """Measure waveforms that are 0 beyond their lengths.

        Shape:
            - waveform: ``(batch, time)``
            - lengths: ``(batch,)``
        """
        step = max(round(STEP * sample_rate), 1)
        width = waveform.shape[1]
        missing = max((width + step - 1) // step, STEPS) * step - width
        short = pad(waveform.square(), (0, missing)).unfold(1, step, step).mean(2)
        frames = short.unfold(1, STEPS, 1).mean(2)
        counts = ((lengths + step - 1) // step - STEPS + 1).clamp(min=1)
        return Loudness(short, frames * frame_mask(counts, frames.shape[1]), step, lengths)

    def span(self, trim: float, least: int) -> tuple[Tensor, Tensor]:
        """Find where each utterance begins, and how long it lasts.

        Args:
            trim: Range below the loudest frame in which 5 ms belong to it, in dB.
            least: Samples that it lasts at least, where there are so many.

        Returns:
            First sample of the first such 5 ms, and samples up to the end of the last.
        """
        least_power = self.frames.amax(1, keepdim=True) * 10 ** (-trim / 10)
        heard = (self.short >= least_power).to(torch.uint8)
        first = heard.argmax(1) * self.step
        last = heard.shape[1] - heard.flip(1).argmax(1)
        end = torch.minimum(last * self.step, self.lengths)
        lasting = torch.maximum(end - first, self.lengths.clamp(max=least))
        return torch.minimum(first, self.lengths - lasting), lasting

    def gain(self, level: float) -> Tensor:
        """Find the factor that brings each utterance to a level.

        Frames count by their power, so that neither pauses nor light noise change it.

        Args:
            level: Root mean square of frames, each weighted by its power, in dB re full scale.

        Shape:
            - output: ``(batch,)``
        """
        power = self.frames.double()  # in which no order of a sum is seen
        loud = power.square().sum(1) / power.sum(1).clamp(min=QUIETEST)
        return (10 ** (level / 10) / loud.clamp(min=QUIETEST)).sqrt().to(self.frames.dtype)


def normalised(
    waveform: Tensor,
    lengths: Tensor,
    sample_rate: int,
    *,
    trim: float | None,
    level: float | None,
    least: int,
) -> tuple[Tensor, Tensor, Tensor]:
    """Bring utterances to a level, and find where they begin and how long they last.

    Args:
        waveform: Samples.
        lengths: Samples of each utterance.
        sample_rate: Rate of ``waveform``, in Hz.
        trim: Range below the loudest frame in which sound belongs to it, in dB; None for all.
        level: Level wanted, in dB re full scale; None leaves waveforms as they are.
        least: Samples that an utterance lasts at least, where there are so many.

    Shape:
        - waveform: ``(batch, time)``
        - lengths: ``(batch,)``

    Returns:
        The waveforms, the first sample of each utterance, and the samples from there on.
    """
    first = torch.zeros_like(lengths)
    moving = _about_mean(waveform, first, lengths)
    loudness = Loudness.of(moving, lengths, sample_rate)
    span = (first, lengths) if trim is None else loudness.span(trim, least)
    if level is None:
        return waveform, *span
    if trim is not None:  # silence around an utterance has another mean
        moving = _about_mean(waveform, *span)
    return moving * loudness.gain(level)[:, None], *span


def _about_mean(waveform: Tensor, first: Tensor, lengths: Tensor) -> Tensor:
    """Subtract its mean from a stretch of each waveform; the rest becomes 0."""
    place = torch.arange(waveform.shape[1], device=waveform.device)
    beyond = (place < first[:, None]) | (place >= (first + lengths)[:, None])
    samples = waveform.masked_fill(beyond, 0.0)
    mean = samples.double().sum(1, keepdim=True) / lengths[:, None].clamp(min=1)
    return (samples - mean.to(samples.dtype)).masked_fill(beyond, 0.0)


def cut(waveform: Tensor, start: Tensor, kept: Tensor, width: int) -> Tensor:
    """Cut ``kept`` samples out of each waveform from ``start`` on, with zeros up to ``width``.

    Shape:
        - waveform: ``(batch, time)``
        - start, kept: ``(batch,)``
        - output: ``(batch, width)``
    """
    place = torch.arange(width, device=waveform.device)
    if bool((start == start[0]).all()):  # several times faster, and the usual case of one utterance
        first = int(start[0])
        clipped = waveform[:, first : first + width]
        if clipped.shape[1] < width:
            clipped = pad(clipped, (0, width - clipped.shape[1]))
    else:
        clipped = gathered(waveform, start, width)
    if int(kept.min()) < width:
        clipped = clipped.masked_fill(place >= kept[:, None], 0.0)
    return clipped


def gathered(waveform: Tensor, start: Tensor, width: int) -> Tensor:
    """Take ``width`` samples of each waveform from ``start`` on, the last repeated beyond the end.

    Shape:
        - waveform: ``(batch, time)``
        - start: ``(batch,)``
        - output: ``(batch, width)``
    """
    place = start[:, None] + torch.arange(width, device=waveform.device)
    return waveform.gather(1, place.clamp(max=waveform.shape[1] - 1))


def check_levels(trim: float | None, level: float | None) -> None:
    """Refuse ranges and levels that no audio has.

    Raises:
        ConfigError: If ``trim`` is not in ``(0, 120]``, or ``level`` not in ``[-120, 0]``.
    """
    if trim is not None and not 0 < trim <= DEEPEST:
        raise ConfigError(
            f"trim={trim} must be positive and at most {DEEPEST:g}; give the range below the "
            "loudest frame in dB, such as 30, or null to keep silence."
        )
    if level is not None and not -DEEPEST <= level <= 0:
        raise ConfigError(
            f"level={level} must be from {-DEEPEST:g} to 0; give dB re full scale, such as -20, or "
            "null to keep levels."
        )

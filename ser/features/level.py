"""Features of the waveform itself: level and zero crossings."""

from __future__ import annotations

from torch import Tensor
from torch.nn.functional import pad

from ser.features.frames import count_frames, frame_mask

SILENCE = 1e-10  # samples within it count as zero, and zero as positive


def root_mean_square(
    waveform: Tensor, lengths: Tensor, window_length: int, hop_length: int
) -> tuple[Tensor, Tensor]:
    """Return the root-mean-square level of centred frames, zeros assumed outside the signal.

    Args:
        waveform: Samples, 0 beyond ``lengths``.
        lengths: Samples of each utterance.
        window_length: Frame length, in samples.
        hop_length: Step between frames, in samples.

    Shape:
        - waveform: ``(batch, time)``
        - lengths: ``(batch,)``
        - output: ``(batch, 1, frames)``

    Returns:
        The levels, 0 beyond an utterance's own frames, and the number of those.
    """
    level = _windows(waveform.square(), window_length, hop_length).mean(-1).sqrt()
    return _own_frames(level, lengths, window_length, hop_length)


def zero_crossing_rate(
    waveform: Tensor, lengths: Tensor, window_length: int, hop_length: int
) -> tuple[Tensor, Tensor]:
    """Return the part of samples whose sign differs from the sample before, by centred frame.

    The signal is taken to go on as it ends, so that there are no crossings outside it; the first
    sample of a frame has no sample before it, and counts as no crossing.

    Args:
        waveform: Samples.
        lengths: Samples of each utterance.
        window_length: Frame length, in samples.
        hop_length: Step between frames, in samples.

    Shape:
        - waveform: ``(batch, time)``
        - lengths: ``(batch,)``
        - output: ``(batch, 1, frames)``

    Returns:
        The rates, 0 beyond an utterance's own frames, and the number of those.
    """
    negative = waveform < -SILENCE
    crossing = (negative[:, 1:] ^ negative[:, :-1]) & frame_mask(lengths - 1, waveform.shape[1] - 1)
    windows = _windows(pad(crossing.to(waveform.dtype), (1, 0)), window_length, hop_length)
    rate = windows[..., 1:].sum(-1) / window_length
    return _own_frames(rate, lengths, window_length, hop_length)


def _windows(values: Tensor, window_length: int, hop_length: int) -> Tensor:
    centred = pad(values, (window_length // 2, window_length // 2))
    return centred.unfold(1, window_length, hop_length)


def _own_frames(
    values: Tensor, lengths: Tensor, window_length: int, hop_length: int
) -> tuple[Tensor, Tensor]:
    counts = count_frames(lengths, window_length, hop_length)
    return (values * frame_mask(counts, values.shape[1])).unsqueeze(1), counts

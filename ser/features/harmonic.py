"""The harmonic part of a sound: what a median along time keeps of its spectrogram."""

from __future__ import annotations

import torch
from torch import Tensor

WIDTH = 31  # frames, or bins, under a median
CHUNK = 32_768  # values per step of a median: a step's working set stays in the cache


def harmonic(stft: Tensor, taper: Tensor, hop_length: int, length: int) -> Tensor:
    """Resynthesise the harmonic part of one utterance.

    Harmonics are horizontal in a spectrogram and clicks vertical: a soft mask compares the square
    of the median along time with that along frequency.

    Args:
        stft: Centred short-time Fourier transform.
        taper: Its window.
        hop_length: Its step, in samples.
        length: Samples of the utterance.

    Shape:
        - stft: ``(bins, frames)``, complex
        - output: ``(length,)``

    References:
        Fitzgerald, "Harmonic/percussive separation using median filtering", DAFx 2010.
        Driedger, Müller, Disch, "Extending harmonic-percussive separation of audio signals",
        ISMIR 2014.
    """
    magnitude = stft.abs()
    along_time = running_median(magnitude, WIDTH)
    along_frequency = running_median(magnitude.T, WIDTH).T
    # Dividing by the larger first keeps the squares of very small values from vanishing.
    peak = torch.maximum(along_time, along_frequency)
    silent = peak < torch.finfo(peak.dtype).tiny
    scale = torch.where(silent, 1.0, peak)
    keep, drop = (along_time / scale).square(), (along_frequency / scale).square()
    mask = torch.where(silent, 0.5, keep / torch.where(silent, 1.0, keep + drop))
    return torch.istft(stft * mask, len(taper), hop_length, window=taper, length=length)


def running_median(values: Tensor, width: int) -> Tensor:
    """Return the median of ``width`` (odd) neighbours along the last dimension, edges mirrored.

    Shape:
        - values: ``(rows, columns)``
        - output: ``(rows, columns)``
    """
    size, half = values.shape[1], width // 2
    index = torch.arange(-half, size + half, device=values.device) % (2 * size)
    index = torch.minimum(index, 2 * size - 1 - index)  # c b a | a b c | c b a
    rows = max(CHUNK // len(index), 1)
    return torch.cat([_medians(part[:, index], width) for part in torch.split(values, rows)])


def _medians(values: Tensor, width: int) -> Tensor:
    """Take running medians by a network of minima and maxima, which no sorting matches in speed."""
    runs: dict[int, list[Tensor]] = {1: [values]}
    left, right = width // 2, width - width // 2
    size = values.shape[1] - width + 1
    low = [rank[:, :size] for rank in _sorted_runs(runs, left)]
    high = [rank[:, left : left + size] for rank in _sorted_runs(runs, right)]
    # The k-th of two sorted lists is the least of the largest of i from one and k - i of the other.
    median = high[left]
    for i in range(left):
        median = torch.minimum(median, torch.maximum(low[i], high[left - 1 - i]))
    return median


def _sorted_runs(runs: dict[int, list[Tensor]], width: int) -> list[Tensor]:
    """Return ranks 0 .. width - 1 of every run of ``width`` columns; ``runs`` holds known ones."""
    if width not in runs:
        left, right = width // 2, width - width // 2
        size = runs[1][0].shape[1] - width + 1
        runs[width] = _merge(
            [rank[:, :size] for rank in _sorted_runs(runs, left)],
            [rank[:, left : left + size] for rank in _sorted_runs(runs, right)],
        )
    return runs[width]


def _merge(first: list[Tensor], second: list[Tensor]) -> list[Tensor]:
    """Merge two sorted lists elementwise: Batcher's odd-even merge (Knuth, TAOCP 3, 5.3.4)."""
    if not first or not second:
        return first or second
    if len(first) == len(second) == 1:
        return [torch.minimum(first[0], second[0]), torch.maximum(first[0], second[0])]
    even = _merge(first[::2], second[::2])
    odd = _merge(first[1::2], second[1::2])
    merged = [even[0]]
    for a, b in zip(odd, even[1:], strict=False):
        merged += [torch.minimum(a, b), torch.maximum(a, b)]
    paired = min(len(odd), len(even) - 1)
    return merged + odd[paired:] + even[1 + paired :]

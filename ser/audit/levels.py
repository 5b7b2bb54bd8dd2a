"""How loud files are: near silence and clipping, measured on the samples as they are stored."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ser.features.decoding import decode
from ser.system.terminal import steps

if TYPE_CHECKING:
    from ser.corpora.corpus import Utterance

NEAR_SILENT = -40.0  # dB of full scale, of the loudest sample
CLIPPED = 3  # samples in a row at the peak; EmoDB, whose files reach full scale, has at most 2
AT_PEAK = 0.999  # of the loudest sample of the file


@dataclass(frozen=True)
class Level:
    """Level of an utterance.

    Args:
        id: Id of the utterance.
        peak: Loudest sample, in dB of full scale.
        flat: Most samples in a row that are within 0.1 % of the loudest one.
    """

    id: str
    peak: float
    flat: int


def levels(utterances: Sequence[Utterance]) -> list[Level]:
    """Level of each utterance, at the rate and with the channels that its file has."""
    with ThreadPoolExecutor() as pool:
        return list(steps(pool.map(_level, utterances), "levels", len(utterances)))


def _level(utterance: Utterance) -> Level:
    samples = np.abs(decode(utterance.path, utterance.start, utterance.end)[0])
    peak = float(samples.max(initial=0))
    decibels = 20 * np.log10(peak) if peak else -np.inf
    flat = max((longest_run(channel >= AT_PEAK * peak) for channel in samples.T), default=0)
    return Level(utterance.id, float(decibels), flat if peak else 0)


def longest_run(mask: NDArray[np.bool_]) -> int:
    """Length of the longest run of true values.

    Example:
        >>> longest_run(np.array([True, False, True, True]))
        2
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return int((edges[1::2] - edges[::2]).max(initial=0))

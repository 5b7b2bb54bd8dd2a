"""How files sound before anything is made of them: their form, length and level.

Levels are measured on the samples as they are stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from math import inf, nan
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ser.errors import AudioError
from ser.features.audible import audible_clip
from ser.features.audio import LONGEST, decode, form_of, mixed
from ser.features.decoding import Form
from ser.features.threads import one_core_each
from ser.system.terminal import steps

if TYPE_CHECKING:
    from ser.corpora.corpus import Utterance
    from ser.features import FrontEnd

AT_PEAK = 0.999  # of the loudest sample of the file


@dataclass(frozen=True)
class Level:
    """Form, length and level of an utterance.

    Args:
        id: Id of the utterance.
        peak: Loudest sample, in dB of full scale.
        flat: Most samples in a row that are within 0.1 % of the loudest one.
        power: Root mean square of all samples, in dB of full scale.
        seconds: How long it lasts.
        form: Rate, channels and subtype of its file; None if that cannot be opened.
        fault: Why nothing can be learnt from it; empty if that is possible.
    """

    id: str
    peak: float
    flat: int
    power: float = nan
    seconds: float = nan
    form: Form | None = None
    fault: str = ""


def levels(utterances: Sequence[Utterance], front_end: FrontEnd | None = None) -> list[Level]:
    """Level of each utterance, at the rate and with the channels that its file has.

    Args:
        utterances: What to measure.
        front_end: What else is to hear something in each, or there is a fault; None asks nothing.
    """
    work = partial(_level, front_end=front_end)
    with one_core_each() as pool:
        return list(steps(pool.map(work, utterances), "levels", len(utterances)))


def _level(utterance: Utterance, front_end: FrontEnd | None) -> Level:
    form = None
    try:
        form = form_of(utterance.path)
        waveform, rate = decode(utterance.path, utterance.start, utterance.end, LONGEST)
        if front_end is not None:
            audible_clip(mixed(utterance.path, waveform, rate, front_end.sample_rate), front_end)
    except AudioError as error:
        return Level(utterance.id, -inf, 0, form=form, fault=str(error).rstrip("."))
    samples = np.abs(waveform.numpy())
    peak, seconds = float(samples.max()), samples.shape[1] / rate
    flat = max(longest_run(channel >= AT_PEAK * peak) for channel in samples)
    power = 10 * np.log10(np.square(samples).mean(dtype=np.float64))
    return Level(utterance.id, float(20 * np.log10(peak)), flat, float(power), seconds, form)


def longest_run(mask: NDArray[np.bool_]) -> int:
    """Length of the longest run of true values.

    Example:
        >>> longest_run(np.array([True, False, True, True]))
        2
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return int((edges[1::2] - edges[::2]).max(initial=0))

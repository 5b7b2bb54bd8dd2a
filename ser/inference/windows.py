"""Windows over audio that comes in blocks, and averages over neighbouring windows."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import torch
from torch import Tensor

from ser.inference.answers import Answer


class Window(NamedTuple):
    """A window of a recording: where it lies, in samples, and what is in it.

    Shape:
        - samples: ``(channels, time)``
    """

    first: int
    end: int
    samples: Tensor


def windows(blocks: Iterable[Tensor], length: int, hop: float) -> Iterator[list[Window]]:
    """Cut windows out of blocks; what no window needs any more is forgotten."""
    kept: Tensor | None = None
    first = number = covered = total = 0
    for block in blocks:
        kept = block if kept is None else torch.cat([kept, block], dim=1)
        total += block.shape[1]
        found = []
        while (begin := round(number * hop)) + length <= total:
            found.append(Window(begin, begin + length, kept[:, begin - first :][:, :length]))
            number, covered = number + 1, begin + length
        yield found
        needed = max(min(round(number * hop), total - length), 0)
        kept, first = kept[:, needed - first :], max(needed, first)
    if kept is not None and covered < total:
        begin = max(total - length, 0)
        yield [Window(begin, total, kept[:, begin - first :])]


def smoothed(answers: Iterable[Answer], reach: int) -> Iterator[Answer]:
    """Average each answer with its neighbours; what is silent stays so, and out of all means.

    Args:
        answers: Answers on windows, in order.
        reach: How many neighbours on either side.
    """
    near: deque[Answer] = deque(maxlen=2 * reach + 1)
    place = 0  # of the next answer to give, among those that are near
    for answer in answers:
        if len(near) == near.maxlen:
            place -= 1
        near.append(answer)
        if len(near) - 1 - place >= reach:
            yield _mean(near, place, reach)
            place += 1
    while place < len(near):
        yield _mean(near, place, reach)
        place += 1


def _mean(near: Sequence[Answer], place: int, reach: int) -> Answer:
    answer = near[place]
    if reach == 0 or not answer.probabilities:
        return answer
    some = [near[i] for i in range(max(place - reach, 0), min(place + reach + 1, len(near)))]
    heard = [each.probabilities for each in some if each.probabilities]
    means = {name: sum(each[name] for each in heard) / len(heard) for name in heard[0]}
    ranked = dict(sorted(means.items(), key=lambda pair: -pair[1]))
    return replace(answer, emotion=next(iter(ranked)), probabilities=ranked)

"""Extremes of stretches, by steps of powers of 2 whose number is fixed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

STEPS = 14
MOST_FRAMES = 2**STEPS  # of an utterance, 163 s; what is longer would be read in part

Rule = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Table:
    """What lies before each frame: the 1, 2, 4, … frames there.

    Args:
        highest: Highest value among them; infinite beyond the ends.
        lowest: Lowest value among them.
        place: Where that is.

    Shape:
        - all: ``(batch, tracks, frames)``
    """

    highest: Tensor
    lowest: Tensor
    place: Tensor


def running(values: Tensor, rule: Rule, beyond: float) -> Tensor:
    """Combine all values up to each frame, by ``torch.maximum`` or ``torch.minimum``."""
    for step in range(STEPS):
        values = rule(values, before(values, 2**step, beyond))
    return values


def before(values: Tensor, steps: int, beyond: float) -> Tensor:
    """Values some frames before each frame."""
    frame = torch.arange(values.shape[-1], device=values.device) - steps
    return torch.where(frame >= 0, values.index_select(2, frame.clamp(min=0)), beyond)


def tables(values: Tensor, *, earliest: bool) -> list[Table]:
    """Sum up what lies before each frame.

    Args:
        values: Tracks, infinite beyond their own frames.
        earliest: Which of equal lowest values counts: the farthest from the frame, or the nearest.
    """
    place = torch.arange(values.shape[-1], device=values.device).expand_as(values)
    last = before(values, 1, torch.inf)
    found = [Table(last, last, before(place, 1, 0))]
    for step in range(STEPS - 1):
        found.append(_doubled(found[-1], 2**step, earliest))
    return found


def _doubled(near: Table, step: int, earliest: bool) -> Table:
    far = Table(
        before(near.highest, step, torch.inf),
        before(near.lowest, step, torch.inf),
        before(near.place, step, 0),
    )
    taken = far.lowest <= near.lowest if earliest else far.lowest < near.lowest
    return Table(
        torch.maximum(near.highest, far.highest),
        torch.minimum(near.lowest, far.lowest),
        torch.where(taken, far.place, near.place),
    )


def lowest_up_to_higher(values: Tensor, found: list[Table]) -> Tensor:
    """Lowest value between each frame and the nearest higher one before it, or the end."""
    frame = torch.arange(values.shape[-1], device=values.device).expand_as(values)
    low, finite = values, values.clamp(max=torch.finfo(values.dtype).max)
    for step in reversed(range(STEPS)):
        table = found[step]
        free = table.highest.gather(2, frame) <= finite
        low = torch.where(free, torch.minimum(low, table.lowest.gather(2, frame)), low)
        frame = frame - free * 2**step
    return low


def lowest_back_to(
    values: Tensor, found: list[Table], end: Tensor, *, earliest: bool
) -> tuple[Tensor, Tensor]:
    """Lowest value from each frame back to the one after ``end``, and where it is."""
    frame = torch.arange(values.shape[-1], device=values.device).expand_as(values)
    low, place = values, frame
    for step in reversed(range(STEPS)):
        table = found[step]
        free = frame - 2**step > end
        here = table.lowest.gather(2, frame)
        better = here <= low if earliest else here < low
        place = torch.where(free & better, table.place.gather(2, frame), place)
        low = torch.where(free & better, here, low)
        frame = frame - free * 2**step
    return low, place

"""What an audit takes for suspicious."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Thresholds of an audit; ``conf/audit.yaml`` has their usual values.

    Args:
        permutations: How often labels are shuffled.
        close: Share of the distance to the tenth neighbour; what is nearer is suspicious.
        near_silent: Level of the loudest sample, in dB of full scale; files below are named.
        clipped: Samples in a row at the peak that make a file clipped.
        seed: Seed of the shuffles.
    """

    permutations: int
    close: float
    near_silent: float
    clipped: int
    seed: int

"""What an exploration is asked for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Settings of an exploration; ``conf/explore.yaml`` has their usual values.

    Args:
        sample: Utterances that features are extracted of; None takes all.
        seed: Seed of the sample and of the utterances that are drawn.
        map: ``"pca"`` or ``"tsne"``: how features become the two axes of the map.
        close: Share of the distance to the tenth neighbour; what is nearer is suspicious.
        near_silent: Level of the loudest sample, in dB of full scale; files below are named.
        clipped: Samples in a row at the peak that make a file clipped.
    """

    sample: int | None
    seed: int
    map: str
    close: float
    near_silent: float
    clipped: int

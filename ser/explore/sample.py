"""The utterances that features are extracted of, and what their features say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from ser.audit.nearest import Pair, near_copies
from ser.audit.probes import neighbours, vectors
from ser.corpora import Utterance
from ser.errors import CorpusError
from ser.explore.agreement import Agreement, agreement
from ser.explore.settings import Settings
from ser.features import FrontEnd
from ser.features.store import extract
from ser.folds.duplicates import identical, without
from ser.system.counted import counted

LEAST = 3  # utterances with a neighbour that is nearer than another


@dataclass(frozen=True)
class Space:
    """A sample of the corpus in the space of its features.

    Args:
        utterances: The sample, of which no two hold the same audio.
        places: Where each is on the map, ``(utterances, 2)``.
        axes: What the two axes are called.
        pairs: Near-copies.
        speakers: How often nearest neighbours are of one speaker.
        emotions: How often they are of one emotion.
    """

    utterances: Sequence[Utterance]
    places: NDArray[np.float64]
    axes: tuple[str, str]
    pairs: Sequence[Pair]
    speakers: Agreement
    emotions: Agreement


def space_of(
    heard: Sequence[Utterance],
    hashes: Mapping[str, str],
    front_end: FrontEnd,
    settings: Settings,
    cache: Path | None,
) -> Space:
    """Extract the features of a sample, and look at who is near to whom.

    Args:
        heard: Utterances that can be decoded.
        hashes: SHA-256 of the audio of each, by id.
        front_end: What features are.
        settings: How many utterances, how they are drawn, and what is near.
        cache: Folder of the feature store; None takes the user cache.

    Raises:
        CorpusError: If fewer than three different utterances can be heard.
    """
    chosen = drawn(without(heard, identical(heard, hashes)), settings.sample, settings.seed)
    if len(chosen) < LEAST:
        raise CorpusError(
            f"{counted(len(chosen), 'different utterance')} can be heard, and {LEAST} are needed "
            "to say which are near; get the corpus again."
        )
    values = vectors(extract(chosen, front_end, [hashes[u.id] for u in chosen], cache))
    everything = np.arange(len(chosen))
    nearest = neighbours(values, everything, everything, everything).nearest.tolist()
    places, axes = projected(values, settings.map, settings.seed)
    return Space(
        chosen,
        places,
        axes,
        near_copies(chosen, values, hashes, settings.close),
        agreement("speaker", [u.speaker for u in chosen], nearest),
        agreement("emotion", [u.emotion for u in chosen], nearest),
    )


def drawn(utterances: Sequence[Utterance], count: int | None, seed: int) -> list[Utterance]:
    """Draw so many utterances, in their order; all if there are no more."""
    if count is None or len(utterances) <= count:
        return list(utterances)
    chosen = np.random.default_rng(seed).choice(len(utterances), count, replace=False)
    return [utterances[i] for i in np.sort(chosen)]


def projected(values: Tensor, how: str, seed: int) -> tuple[NDArray[np.float64], tuple[str, str]]:
    """Bring vectors to a plane, once each of their numbers has mean 0 and deviation 1.

    Args:
        values: Features of each utterance, as a vector.
        how: ``"pca"`` or ``"tsne"``.
        seed: Seed of what is random in it.

    Shape:
        - values: ``(utterances, numbers)``
        - output: ``(utterances, 2)``
    """
    from sklearn.decomposition import PCA  # noqa: PLC0415 - what only looks need not be waited for
    from sklearn.manifold import TSNE  # noqa: PLC0415

    table = values.double().numpy()
    table = (table - table.mean(0)) / np.where(table.std(0) > 0, table.std(0), 1.0)
    size = min(table.shape)
    if how == "tsne":
        table = PCA(min(50, size), random_state=seed).fit_transform(table)
        perplexity = min(30.0, (len(table) - 1) / 3)
        plane = TSNE(2, perplexity=perplexity, init="pca", random_state=seed).fit_transform(table)
        return np.asarray(plane, dtype=np.float64), ("t-SNE 1", "t-SNE 2")
    found = PCA(min(2, size), random_state=seed).fit(table)
    plane = found.transform(table)
    shares = [*found.explained_variance_ratio_, 0.0][:2]
    plane = np.pad(plane, ((0, 0), (0, 2 - plane.shape[1])))
    first, second = (
        f"component {i} ({share:.0%} of the variance)" for i, share in enumerate(shares, 1)
    )
    return plane, (first, second)

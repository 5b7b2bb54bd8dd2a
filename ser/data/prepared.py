"""A corpus made ready for learning, once: its rows, their features, targets and file hashes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from torch import Tensor

from ser.augment import Augmentation, make_copy, stored_as
from ser.corpora import Utterance
from ser.corpora.row import ORIGINAL, Row
from ser.features import FrontEnd, RawWaveform
from ser.features.collected import Features
from ser.features.facts import UtteranceFacts
from ser.features.store import extract


@dataclass(frozen=True)
class Prepared:
    """Everything that the folds of a corpus share.

    Args:
        labels: Emotions in class order.
        front_end: What the features come from.
        rows: Utterances in every view: all originals first, then all copies of one kind.
        features: Features of ``rows``, in their order.
        targets: Class of each row, ``(rows,)``.
        hashes: SHA-256 of the audio of each utterance, by id.
        waveforms: Waveforms of the originals, where training starts from them.
        facts: ``UtteranceFacts`` of the originals, where they were measured.
    """

    labels: tuple[str, ...]
    front_end: FrontEnd
    rows: tuple[Row, ...]
    features: Features
    targets: Tensor
    hashes: Mapping[str, str]
    waveforms: Features | None = None
    facts: Features | None = None


def prepare(
    labels: Sequence[str],
    rows: Sequence[Row],
    front_end: FrontEnd,
    augment: Augmentation,
    cache: Path | None = None,
    *,
    hashes: Mapping[str, str],
) -> Prepared:
    """Extract the features of every row, or open the store that has them.

    Args:
        labels: Emotions in class order.
        rows: As in ``Prepared``.
        front_end: How features are extracted.
        augment: Which copies there are, and whether waveforms are wanted.
        cache: Folder of the feature store; None takes the user cache.
        hashes: SHA-256 of the audio of each utterance, by id.

    Raises:
        AudioError: If a file cannot be decoded.
    """
    utterances = [row.utterance for row in rows if row.view == ORIGINAL]
    contents = [hashes[u.id] for u in utterances]
    views = dict.fromkeys(row.view for row in rows)
    parts = [_extract(utterances, contents, front_end, view, cache) for view in views]
    waveforms = None
    if augment.changes_waveforms:
        waveforms = extract(utterances, RawWaveform(front_end.sample_rate), contents, cache)
    classes = {label: i for i, label in enumerate(labels)}
    return Prepared(
        labels=tuple(labels),
        front_end=front_end,
        rows=tuple(rows),
        features=Features.join(parts),
        targets=torch.tensor([classes[row.emotion] for row in rows]),
        hashes=hashes,
        waveforms=waveforms,
        facts=extract(utterances, UtteranceFacts(), contents, cache),
    )


def _extract(
    utterances: Sequence[Utterance],
    hashes: Sequence[str],
    front_end: FrontEnd,
    view: str,
    cache: Path | None,
) -> Features:
    if view == ORIGINAL:
        return extract(utterances, front_end, hashes, cache)
    made = partial(_copy, view, front_end.sample_rate)
    return extract(utterances, front_end, hashes, cache, view=made, view_name=stored_as(view))


def _copy(view: str, sample_rate: int, waveform: Tensor, utterance: Utterance) -> Tensor:
    return make_copy(view, waveform, sample_rate, utterance.id)

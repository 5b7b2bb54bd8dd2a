"""Features of each speaker or corpus scaled by its own audio, for ``normalise``."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

import torch

from ser.augment import Augmentation
from ser.corpora import Utterance
from ser.corpora.corpus import some
from ser.data.prepared import Prepared
from ser.errors import ConfigError
from ser.features.voices import FEWEST, scale_of
from ser.folds.overlaps import group_of


def refuse_unfit(
    group: str, corpus: str, utterances: Sequence[Utterance], augment: Augmentation
) -> None:
    """Refuse to scale by group what has no groups, or changes its waveforms.

    Args:
        group: ``"speaker"`` or ``"corpus"``.
        corpus: Name of the corpus.
        utterances: Its utterances.
        augment: What is drawn anew in each training step.

    Raises:
        ConfigError: If there are no speakers, a group has a single utterance, or waveforms are
            changed in training.
    """
    often = Counter(group_of(u, group) or "" for u in utterances)
    if group == "speaker" and (len(often) == 1 or not all(often)):
        raise ConfigError(
            f"normalise=speaker scales by speaker, and {corpus} does not say who speaks: its "
            f"speakers are {', '.join(map(repr, often))}. Leave normalise out, or name them."
        )
    if single := [name for name, count in often.items() if count < FEWEST]:
        raise ConfigError(
            f"normalise={group} needs {FEWEST} utterances of each {group} at least, and {corpus} "
            f"has only one of {some(single)}; leave normalise out."
        )
    if augment.changes_waveforms:
        raise ConfigError(
            f"normalise={group} scales features that are extracted once, and this augmentation "
            "extracts them anew in each step; use one on features, such as augment=specaugment."
        )


def scaled_by(group: str, prepared: Prepared) -> Prepared:
    """Take mean and deviation of each group's audio out of the features, channel by channel.

    A corpus that was not joined to others is one group. Copies of utterances are another voice, so
    that those of one kind are scaled by themselves.

    Args:
        group: ``"speaker"`` or ``"corpus"``.
        prepared: The corpus.
    """
    voices: dict[tuple[str | None, str], list[int]] = defaultdict(list)
    for position, row in enumerate(prepared.rows):
        voices[group_of(row, group), row.view].append(position)
    features = prepared.features
    values = features.values.clone()
    for places in voices.values():
        mean, std = scale_of(features, torch.tensor(places))
        for place in places:
            start, end = features.starts[place], features.starts[place + 1]
            values[start:end] = (values[start:end] - mean) / std
    return replace(prepared, features=replace(features, values=values))

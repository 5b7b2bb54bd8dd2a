"""Features of each speaker scaled by that speaker's own audio, for ``normalise=speaker``."""

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


def refuse_unfit(corpus: str, utterances: Sequence[Utterance], augment: Augmentation) -> None:
    """Refuse to scale by speaker what does not say who speaks, or changes its waveforms.

    Args:
        corpus: Name of the corpus.
        utterances: Its utterances.
        augment: What is drawn anew in each training step.

    Raises:
        ConfigError: If there are no speakers, one has a single utterance, or waveforms are changed
            in training.
    """
    often = Counter(u.speaker for u in utterances)
    if len(often) == 1 or not all(often):
        raise ConfigError(
            f"normalise=speaker scales by speaker, and {corpus} does not say who speaks: its "
            f"speakers are {', '.join(map(repr, often))}. Leave normalise out, or name them."
        )
    if single := [speaker for speaker, count in often.items() if count < FEWEST]:
        raise ConfigError(
            f"normalise=speaker needs {FEWEST} utterances of each speaker at least, and {corpus} "
            f"has only one of {some(single)}; leave normalise out."
        )
    if augment.changes_waveforms:
        raise ConfigError(
            "normalise=speaker scales features that are extracted once, and this augmentation "
            "extracts them anew in each step; use one on features, such as augment=specaugment."
        )


def scaled_by_speaker(prepared: Prepared) -> Prepared:
    """Take mean and deviation of each speaker's audio out of the features, channel by channel.

    Copies of utterances are another voice, so that those of one kind are scaled by themselves.

    Args:
        prepared: The corpus.
    """
    voices: dict[tuple[str, str], list[int]] = defaultdict(list)
    for position, row in enumerate(prepared.rows):
        voices[row.speaker, row.view].append(position)
    features = prepared.features
    values = features.values.clone()
    for places in voices.values():
        mean, std = scale_of(features, torch.tensor(places))
        for place in places:
            start, end = features.starts[place], features.starts[place + 1]
            values[start:end] = (values[start:end] - mean) / std
    return replace(prepared, features=replace(features, values=values))

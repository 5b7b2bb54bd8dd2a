"""Everything that is seen of a corpus before it is drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ser.audit.levels import Level, levels
from ser.corpora import Utterance
from ser.data.corpus_folds import CorpusFolds
from ser.explore.sample import Space, space_of
from ser.explore.settings import Settings


@dataclass(frozen=True)
class Look:
    """A corpus, its files, and a sample of it in the space of its features.

    Args:
        name: Name of the corpus.
        labels: Emotions in class order.
        utterances: Every utterance.
        levels: Form, length and level of each.
        identical: Sets of utterances that hold the same audio.
        duplicates: What becomes of them.
        space: A sample of those that can be heard.
        features: What features are called.
        notes: What the corpus itself says of its list.
    """

    name: str
    labels: Sequence[str]
    utterances: Sequence[Utterance]
    levels: Sequence[Level]
    identical: Sequence[Sequence[Utterance]]
    duplicates: str
    space: Space
    features: str
    notes: Sequence[str]

    @staticmethod
    def at(data: CorpusFolds, settings: Settings) -> Look:
        """Look at a corpus; files that cannot be heard are noted instead of ending it.

        Raises:
            CorpusError: If the corpus is absent or incomplete, or next to nothing can be heard.
        """
        utterances = data.utterances
        found = levels(utterances, data.hearing)
        heard = [u for u, level in zip(utterances, found, strict=True) if not level.fault]
        return Look(
            data.corpus.name,
            data.corpus.labels,
            utterances,
            found,
            data.identical,
            data.duplicates,
            space_of(heard, data.hashes, data.hearing, settings, data.cache),
            type(data.front_end).__name__,
            data.corpus.notes,
        )

    @cached_property
    def heard(self) -> list[tuple[Utterance, Level]]:
        """Utterances that something can be learnt from."""
        both = zip(self.utterances, self.levels, strict=True)
        return [(utterance, level) for utterance, level in both if not level.fault]

    @cached_property
    def speakers(self) -> list[str]:
        """Speakers, in order."""
        return _in_order({u.speaker for u in self.utterances})

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """Utterances of each speaker in each emotion, ``(speakers, emotions)``."""
        found = Counter((u.speaker, u.emotion) for u in self.utterances)
        return np.array([[found[s, e] for e in self.labels] for s in self.speakers])

    def by(self, group: str, what: str) -> dict[str, NDArray[np.float64]]:
        """Seconds, power or peak of what can be heard, by emotion or speaker.

        Args:
            group: ``"emotion"`` or ``"speaker"``.
            what: Attribute of ``Level``.
        """
        names = self.speakers if group == "speaker" else self.labels
        found: dict[str, list[float]] = {name: [] for name in names}
        for utterance, level in self.heard:
            found[getattr(utterance, group)].append(getattr(level, what))
        return {name: np.array(values) for name, values in found.items()}


def _in_order(names: Iterable[str]) -> list[str]:
    """Names in order, as numbers if they all are."""
    listed = sorted(names)
    return sorted(listed, key=int) if all(name.isdecimal() for name in listed) else listed

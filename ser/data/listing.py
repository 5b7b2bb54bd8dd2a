"""What is used of a corpus: its utterances, their audio by hash, and what is there twice."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

import numpy as np

from ser.corpora import Corpus, Utterance
from ser.data.contents import hashes_of, list_utterances, refuse_altered
from ser.data.sounds import sounds_of
from ser.errors import check_choice
from ser.folds.duplicates import CHOICES, DROP, REFUSE, TOGETHER, identical, refuse, without


class Listing:
    """The utterances of a corpus, listed when they are first asked for.

    Args:
        corpus: Corpus to list.
        seed: Seed of shuffled labels.
        shuffle_labels: Permute the emotions of the recordings.
        verify: Whether to compare the corpus with its published counts and checksums.
        duplicates: What becomes of identical files, as in ``CorpusFolds``.

    Raises:
        ConfigError: If there is no such choice.
    """

    def __init__(
        self,
        corpus: Corpus,
        *,
        seed: int = 0,
        shuffle_labels: bool = False,
        verify: bool = True,
        duplicates: str = TOGETHER,
    ) -> None:
        check_choice("data.duplicates", duplicates, CHOICES)
        self.corpus = corpus
        self.seed = seed
        self.shuffle_labels = shuffle_labels
        self.verify = verify
        self.duplicates = duplicates

    @cached_property
    def listed(self) -> list[Utterance]:
        """Every utterance of the corpus that is used, sorted by id.

        Raises:
            CorpusError: If the corpus is absent or incomplete, lists what no corpus may, or has
                identical files that are to be refused.
        """
        if self.duplicates == REFUSE:
            refuse(self.corpus.name, self.identical)
        if self.duplicates == DROP:
            return without(self._everything, self.identical)
        return self._everything

    @cached_property
    def identical(self) -> list[tuple[Utterance, ...]]:
        """Sets of utterances that hold the same audio.

        Raises:
            CorpusError: If a file cannot be read, or differs from the published one.
        """
        return identical(self._everything, self._hashes)

    @cached_property
    def _everything(self) -> list[Utterance]:
        self.corpus.prepare()
        return list_utterances(self.corpus, verify=self.verify)

    @cached_property
    def utterances(self) -> list[Utterance]:
        """Every utterance that is learnt from, with its emotion or a permuted one."""
        return _shuffled(self.listed, self.seed) if self.shuffle_labels else self.listed

    @cached_property
    def hashes(self) -> dict[str, str]:
        """SHA-256 of the audio of each utterance that is used, by id.

        It is that of the file; where different files hold the same samples, that of these.

        Raises:
            CorpusError: If a file cannot be read, or differs from the published one.
        """
        return {utterance.id: self._hashes[utterance.id] for utterance in self.listed}

    @cached_property
    def _hashes(self) -> dict[str, str]:
        hashes = hashes_of(self._everything)
        if self.verify:
            refuse_altered(self.corpus, self._everything, hashes)
        return sounds_of(self._everything, hashes)


def _shuffled(utterances: list[Utterance], seed: int) -> list[Utterance]:
    order = np.random.default_rng([seed, 0x5E12]).permutation(len(utterances))
    emotions = [utterances[i].emotion for i in order]
    return [replace(u, emotion=e) for u, e in zip(utterances, emotions, strict=True)]

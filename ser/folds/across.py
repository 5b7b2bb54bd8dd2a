"""The regime that tests on corpora which nothing was learnt from: ``cv=corpus``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sklearn.model_selection import LeaveOneGroupOut

from ser.corpora.row import Unit
from ser.errors import FoldError
from ser.folds.fold import CORPUS
from ser.folds.overlaps import groups_in
from ser.folds.regimes import Regime
from ser.folds.splitters import GroupedKFold, OneGroupOut
from ser.system.counted import counted

CARVED = 5  # a fifth of the speakers of the training corpora validates


@dataclass(frozen=True)
class AcrossCorpora(Regime):
    """Leave one corpus out, or test on one that is named.

    Corpora are few, so that validation is no corpus of its own: it is a fifth of the speakers of
    the training corpora, others in each fold.
    """

    @staticmethod
    def of(test: str | None, seed: int) -> AcrossCorpora:
        """Make the regime.

        Args:
            test: Corpus that is tested; None tests each in a fold of its own.
            seed: Seed by which speakers are dealt to validation.
        """
        return AcrossCorpora(
            CORPUS,
            OneGroupOut(test) if test else LeaveOneGroupOut(),
            (CORPUS,),
            GroupedKFold(CARVED, seed, exact=False),
            within=("speaker",),
        )

    def notes(self, utterances: Sequence[Unit]) -> list[str]:
        """Which corpus each fold tests."""
        corpora = sorted(groups_in(utterances, CORPUS))
        if isinstance(self.splitter, OneGroupOut):
            others = " and ".join(name for name in corpora if name != self.splitter.group)
            return [f"trained on {others}, tested on {self.splitter.group}"]
        tested = (f"fold {number} tests {name}" for number, name in enumerate(corpora))
        return [", ".join(tested)]

    def _impossible(self, size: int, reason: object) -> FoldError:
        return FoldError(
            f"cv={self.name} cannot split {counted(size, 'utterance')} ({reason}). It needs "
            "two corpora, as data=[emodb,synthetic], and two speakers to train on, of which "
            "one validates: pass protocol.validation=false to do without validation."
        )

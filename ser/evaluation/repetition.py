"""How far apart the predictions of a run and of its repetition are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ser.evaluation.figures import summarise
from ser.evaluation.pairing import KEYS, refuse_unpaired
from ser.runs.predictions import labels_of
from ser.system.counted import counted


@dataclass(frozen=True)
class Repetition:
    """Two answers to every question.

    Args:
        answers: How many questions there are.
        same: How many have the same answer.
        farthest: Largest difference of a probability.
        where: Utterance and fold of it.
        uar: UAR of both, the first one first.
    """

    answers: int
    same: int
    farthest: float
    where: str
    uar: tuple[float, float]

    @property
    def equal(self) -> bool:
        """Whether all answers and all probabilities are the same, to the digits that are kept."""
        return self.same == self.answers and self.farthest == 0

    def __str__(self) -> str:
        """Say it in one sentence."""
        if self.equal:
            return f"Equal: {counted(self.answers, 'prediction')}, with every probability."
        first, second = (f"{100 * value:.1f} %" for value in self.uar)
        return (
            f"Different: {self.same} of {self.answers} answers are the same "
            f"({self.same / self.answers:.1%}); probabilities differ by up to {self.farthest:.6f} "
            f"({self.where}); UAR {first} there, {second} now."
        )


def repetition(there: pd.DataFrame, now: pd.DataFrame) -> Repetition:
    """Compare two tables of predictions of the same questions.

    Raises:
        RunError: If they are not of the same folds, seeds, emotions and utterances.
    """
    refuse_unpaired({"the run": there, "its repetition": now})
    first, second = (table.sort_values(KEYS, ignore_index=True) for table in (there, now))
    columns = [f"p_{label}" for label in labels_of(there)]
    apart = np.abs(first[columns].to_numpy(float) - second[columns].to_numpy(float)).max(axis=1)
    row = int(apart.argmax())
    return Repetition(
        answers=len(first),
        same=int((first["prediction"] == second["prediction"]).sum()),
        farthest=float(apart[row]),
        where=f"{first['id'][row]}, fold {first['fold'][row]}",
        uar=(summarise(there)["pooled"]["uar"], summarise(now)["pooled"]["uar"]),
    )

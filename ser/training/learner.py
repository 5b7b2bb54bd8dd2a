"""What learns, behind one method: networks and classical estimators alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import pandas as pd

from ser.data.fold_data import FoldData
from ser.runs.cell import Cell
from ser.runs.facts import Facts


@dataclass(frozen=True)
class Outcome:
    """What a learner made of a fold.

    Args:
        test: Predictions of the test side.
        validation: Predictions of the validation side, where there is one.
        facts: What is to be known of the training; what a learner does not have is absent.
        model: Content of the model file, in plain types and tensors, which ``ser.load`` reads.
    """

    test: pd.DataFrame
    validation: pd.DataFrame | None
    facts: Facts
    model: Mapping[str, Any]


class Learner(Protocol):
    """Fit a fold and predict its held-out sides; neural or not."""

    def refuse(self, data: Any) -> None:
        """Refuse what this learner cannot be trained with, before anything is extracted.

        Args:
            data: A ``CorpusDataModule``.

        Raises:
            ConfigError: If features or settings do not fit; says which would.
        """
        ...

    def fit(self, data: FoldData, cell: Cell) -> Outcome | None:
        """Train on ``data.fold.train`` alone, or continue where an earlier attempt stopped.

        Args:
            data: The fold.
            cell: Where it goes; checkpoints lie in its folder meanwhile.

        Returns:
            Predictions, facts and model; None where this process keeps nothing, being a trial of
            one batch, or not the first of several that train together.
        """
        ...

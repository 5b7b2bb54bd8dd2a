"""Train on the whole training side: no rows are given up to choosing when to stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from statistics import median_low
from typing import Any

import pandas as pd

from ser.data.fold_data import FoldData
from ser.runs.cell import Cell
from ser.runs.checked import read_facts
from ser.runs.layout import inner_name
from ser.training.learner import Learner, Outcome

BY_VALIDATION = "on the whole training side, for the epochs that its validation part chose"
BY_INNER_FOLDS = "on the whole training side, for the median of the epochs that inner folds chose"
FIXED = "on the whole training side, for epochs that were fixed beforehand"


@dataclass(frozen=True)
class Choice:
    """For how long to train, and how that was chosen.

    Args:
        epochs: Epochs to train for; None leaves it to the trainer.
        tried: Epochs that they were chosen among; None where nothing was chosen.
        how: The way, in words.
        validation: Predictions of the validation side, by the network that was judged by it.
        continued: Whether an interrupted training was continued.
    """

    epochs: int | None
    tried: int | None
    how: str
    validation: pd.DataFrame | None = None
    continued: bool = False


Choose = Callable[[FoldData, Cell], Choice | None]


class RefitLearner:
    """Choose a number of epochs, then train a new network on the whole training side for them.

    The schedule of the learning rate is that of the chosen length. Where the choice takes a
    training, that is a part of the cell with checkpoints of its own.

    Args:
        choose: Chooses; gives None where this process keeps nothing.
        trained_for: Gives what trains for a number of epochs, without a validation side.
    """

    def __init__(self, choose: Choose, trained_for: Callable[[int | None], Learner]) -> None:
        self.choose = choose
        self.trained_for = trained_for

    def refuse(self, data: Any) -> None:
        """Refuse what the learner refuses that it trains with."""
        self.trained_for(1).refuse(data)

    def fit(self, data: FoldData, cell: Cell) -> Outcome | None:
        """Choose, then train or continue; see ``Learner.fit``."""
        choice = self.choose(data, cell)
        if choice is None:
            return None
        outcome = self.trained_for(choice.epochs).fit(whole_training_side(data), cell)
        if outcome is None:
            return None
        facts = outcome.facts
        return replace(
            outcome,
            validation=choice.validation,
            facts={
                **facts,
                "continued": facts["continued"] or choice.continued,
                "epochs": facts["epochs"] if choice.tried is None else choice.tried,
                "refit": choice.how,
            },
        )


def whole_training_side(data: FoldData) -> FoldData:
    """Fold whose validation side is trained on, and judges nothing."""
    whole = data.without_validation()
    return replace(whole, protocol=replace(data.protocol, validation=False))


def fixed(epochs: int | None) -> Choose:
    """Take a number of epochs that was fixed beforehand, by the trainer or by this."""
    return lambda data, cell: Choice(epochs, None, FIXED)


def by_validation(learner: Learner) -> Choose:
    """Train on the rest of the training side, and take the epoch that its validation side chose.

    Args:
        learner: Trains and chooses.
    """

    def choose(data: FoldData, cell: Cell) -> Choice | None:
        outcome = learner.fit(data, cell.within_part("choice"))
        if outcome is None:
            return None
        facts = outcome.facts
        return Choice(
            facts["chosen_epoch"],
            facts["epochs"],
            BY_VALIDATION,
            outcome.validation,
            facts["continued"],
        )

    return choose


def by_inner_folds(learner: Learner, count: int) -> Choose:
    """Take the median of what the inner folds of a cell chose, each on its validation side.

    Args:
        learner: Trains and chooses in the inner folds themselves.
        count: How many inner folds there are; all are finished before their cell is begun.
    """
    within = by_validation(learner)

    def choose(data: FoldData, cell: Cell) -> Choice | None:
        if cell.inner is not None:
            return within(data, cell)
        facts = [read_facts(cell.whole.folder / inner_name(i)) for i in range(count)]
        chosen = median_low(fact["chosen_epoch"] for fact in facts)
        return Choice(chosen, max(fact["epochs"] for fact in facts), BY_INNER_FOLDS)

    return choose

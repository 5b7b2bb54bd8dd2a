"""Several trainings of one network that differ in chance alone, as one."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median_low
from typing import Any

from ser.data.fold_data import FoldData
from ser.models.ensemble import stacked
from ser.runs.cell import Cell
from ser.runs.facts import Facts
from ser.runs.predictions import averaged
from ser.training.learner import Learner, Outcome


class EnsembleLearner:
    """Train a network several times, from other weights and in other orders; average them.

    Each member is a part of its cell with checkpoints of its own, so that a fold can be
    interrupted at any moment.

    Args:
        learner: Trains one member.
        members: How many there are.
    """

    def __init__(self, learner: Learner, members: int) -> None:
        self.learner = learner
        self.members = members

    def refuse(self, data: Any) -> None:
        """Refuse what a member refuses."""
        self.learner.refuse(data)

    def fit(self, data: FoldData, cell: Cell) -> Outcome | None:
        """Train or continue every member; see ``Learner.fit``."""
        parts = [cell.member(i, self.members) for i in range(self.members)]
        outcomes = [self.learner.fit(data, part) for part in parts]
        kept = [outcome for outcome in outcomes if outcome is not None]
        if len(kept) < self.members:
            return None
        judged = [found.validation for found in kept if found.validation is not None]
        return Outcome(
            test=averaged([found.test for found in kept]),
            validation=averaged(judged) if judged else None,
            facts=_facts([found.facts for found in kept]),
            model=stacked([found.model for found in kept]),
        )


def _facts(facts: Sequence[Facts]) -> Facts:
    return {
        **facts[0],
        "members": len(facts),
        "continued": any(fact["continued"] for fact in facts),
        "parameters": sum(fact["parameters"] for fact in facts),
        "epochs": median_low(fact["epochs"] for fact in facts),
        "chosen_epoch": median_low(fact["chosen_epoch"] for fact in facts),
    }

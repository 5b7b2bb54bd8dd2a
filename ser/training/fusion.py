"""Learners of different features as one: each is fitted by itself, their probabilities averaged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ser.data import CorpusDataModule
from ser.data.corpus_folds import CorpusFolds
from ser.data.fold_data import FoldData
from ser.errors import ConfigError, check_choice
from ser.features import RawWaveform
from ser.models.fusion import MOST_PARTS, fused
from ser.runs.cell import Cell
from ser.runs.facts import Facts
from ser.runs.predictions import averaged, labels_of
from ser.system.counted import counted
from ser.training.learner import Learner, Outcome

STEPS = 1000  # of expectation and maximisation; shares of two models settle within some hundred
LEAST = 1e-6  # probability that anything has at least, as in a table of predictions

SHARES = ("likeliest", "equal")
OF_NETWORKS = ("accelerator", "precision", "refit")  # facts that all networks of a fusion share


@dataclass(frozen=True)
class Part:
    """A learner with features of its own.

    Args:
        data: Corpus, folds and features; folds are those of the other parts.
        learner: What learns.
    """

    data: CorpusDataModule
    learner: Learner


class FusionLearner:
    """Fit several learners to one fold, and average what they say of an utterance.

    Likeliest shares are those under which the validation side, which no part was fitted to, is most
    likely. Where there is none, as with ``refit=fixed``, the shares are equal.

    Args:
        parts: Learners by name; each becomes a part of the cell.
        shares: ``likeliest`` or ``equal``. A validation side of one speaker says little of what
            suits another.

    Raises:
        ConfigError: If there are fewer than two parts, or more than ``MOST_PARTS``, or
            ``shares`` is unknown.
    """

    def __init__(self, parts: Mapping[str, Part], shares: str = SHARES[0]) -> None:
        check_choice("model.shares", shares, SHARES)
        if not 1 < len(parts) <= MOST_PARTS:
            raise ConfigError(
                f"model.parts has {counted(len(parts), 'part')}, and a fusion needs 2 to "
                f"{MOST_PARTS}; add one, or take its model alone."
            )
        self.parts, self.shares = dict(parts), shares

    def refuse(self, data: Any) -> None:
        """Refuse what a part refuses, and what would set the parts of a fusion apart.

        Raises:
            ConfigError: If features are to be scaled by group, if parts would be tested on other
                rows than the fold has, or if they read different sampling rates.
        """
        if data.folds.protocol.transductive:
            raise ConfigError(
                f"normalise={data.folds.protocol.scaler} scales the features of one model, and a "
                "fusion has those of several; leave it out, or take one of its models alone."
            )
        for name, part in self.parts.items():
            part.learner.refuse(part.data)
            _refuse_other_rows(name, part.data.folds, data.folds)
        self._refuse_other_rates()

    def _refuse_other_rates(self) -> None:
        rates = {name: part.data.folds.hearing.sample_rate for name, part in self.parts.items()}
        if len(set(rates.values())) > 1:
            said = ", ".join(f"{name} {rate} Hz" for name, rate in rates.items())
            raise ConfigError(
                f"the features of model.parts read different sampling rates ({said}), and a fusion "
                "hears one waveform; set the sample_rate of their features to one of them."
            )

    def fit(self, data: FoldData, cell: Cell) -> Outcome | None:
        """Fit or continue every part; see ``Learner.fit``."""
        outcomes = [self._fit(name, part, cell) for name, part in self.parts.items()]
        kept = [outcome for outcome in outcomes if outcome is not None]
        if len(kept) < len(self.parts):
            return None
        judged = [found.validation for found in kept if found.validation is not None]
        whole = len(judged) == len(kept)
        chosen = whole and self.shares == "likeliest"
        shares = likeliest_shares(judged) if chosen else np.full(len(kept), 1 / len(kept))
        rate = kept[0].model["ser"]["front_end"]["settings"]["sample_rate"]
        return Outcome(
            test=averaged([found.test for found in kept], shares),
            validation=averaged(judged, shares) if whole else None,
            facts=self._facts([found.facts for found in kept], shares, chosen=chosen),
            model=fused([found.model for found in kept], shares.tolist(), RawWaveform(rate).spec()),
        )

    def _fit(self, name: str, part: Part, cell: Cell) -> Outcome | None:
        fold = part.data.folds.fold(cell.fold, cell.inner)
        return part.learner.fit(fold, cell.within_part(name))

    def _facts(self, facts: Sequence[Facts], shares: NDArray[Any], *, chosen: bool) -> Facts:
        said = ", ".join(f"{s:.2f} {name}" for name, s in zip(self.parts, shares, strict=True))
        how = "chosen on the validation side" if chosen else "equal"
        shared: Any = {k: v for fact in facts for k, v in fact.items() if k in OF_NETWORKS}
        whole: Facts = shared | {
            "continued": any(fact.get("continued", False) for fact in facts),
            "parameters": sum(fact.get("parameters", 0) for fact in facts),
            "probabilities": f"mean of {said}, shares {how}",
        }
        return whole


def _refuse_other_rows(name: str, part: CorpusFolds, folds: CorpusFolds) -> None:
    """Refuse copies that a part alone has where copies are dealt or tested like utterances."""
    protocol = folds.protocol
    if part.augment.copies == folds.augment.copies:
        return
    if protocol.unit == "row" or protocol.test_copies:
        raise ConfigError(
            f"model.parts.{name}.augment.copies={list(part.augment.copies)} and "
            f"augment.copies={list(folds.augment.copies)} are different rows, and "
            f"protocol={protocol.name} deals or tests copies; give both the same copies."
        )


def likeliest_shares(tables: Sequence[pd.DataFrame]) -> NDArray[np.float64]:
    """Shares under which the truth is most likely, when probabilities are averaged by them.

    Expectation and maximisation from equal shares: the likelihood has one maximum.

    Args:
        tables: Predictions of the same rows by each model.

    Returns:
        Numbers from 0 to 1 that sum to 1.

    References:
        Dempster, Laird and Rubin, "Maximum likelihood from incomplete data via the EM algorithm",
        Journal of the Royal Statistical Society B 39(1), 1977.
        https://doi.org/10.1111/j.2517-6161.1977.tb01600.x
    """
    likelihood = np.stack([_of_the_truth(table) for table in tables]).clip(LEAST)  # (models, rows)
    shares = np.full(len(tables), 1 / len(tables))
    for _ in range(STEPS):
        owed = shares[:, None] * likelihood
        shares = (owed / owed.sum(0)).mean(1)
    whole: NDArray[np.float64] = shares / shares.sum()
    return whole


def _of_the_truth(table: pd.DataFrame) -> NDArray[np.float64]:
    """Probability that a table gives to what was said."""
    labels = list(labels_of(table))
    columns = table[[f"p_{label}" for label in labels]].to_numpy(np.float64)
    found: NDArray[np.float64] = columns[np.arange(len(table)), table["truth"].map(labels.index)]
    return found

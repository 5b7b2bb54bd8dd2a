"""The nearest neighbour in training of what each fold tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ser.audit.probes import Neighbours, neighbours, vectors

if TYPE_CHECKING:
    from ser.data.corpus_folds import CorpusFolds
    from ser.folds import Fold


def nearest(data: CorpusFolds, folds: Sequence[Fold]) -> list[Neighbours]:
    """Nearest neighbour of each tested row of each fold, in training or validation."""
    values, everything = vectors(data.prepared.features), np.arange(len(data.rows))
    return [
        neighbours(
            values,
            rows=fold.test,
            among=np.concatenate([fold.train, fold.validation]),
            fit=everything if data.protocol.scaler == "all" else fold.train,
        )
        for fold in folds
    ]

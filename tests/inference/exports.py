"""Models with their first weights, which need no training to be exported and compared."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from sklearn.base import BaseEstimator

from ser.features import FrontEnd
from ser.models.arguments import constructor_arguments
from ser.models.estimator import EstimatorModel

LABELS = ["anger", "fear", "joy"]
ORIGIN = {"corpus": "EmoDB", "regime": "speaker", "fold": 0, "protocol": "honest"}


def network(kind: Any, front_end: FrontEnd, **settings: Any) -> Any:
    """Build a network that fits a front end."""
    frames = front_end.num_frames(torch.tensor([16_000]))
    shape = {
        "num_classes": len(LABELS),
        "num_features": front_end.num_features,
        "num_frames": int(frames),
    }
    known = constructor_arguments(kind)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        made = kind(**{name: size for name, size in shape.items() if name in known}, **settings)
        made.feature_mean.normal_()
        made.feature_std.uniform_(1.0, 20.0)
    made.front_end, made.labels, made.origin = front_end.spec(), LABELS, dict(ORIGIN)
    return made.eval()


def fitted(estimator: BaseEstimator, front_end: FrontEnd, classes: list[int]) -> EstimatorModel:
    """Fit an estimator to noise that leans a little towards its class."""
    draw = np.random.default_rng(0)
    target = np.resize(classes, 60)
    vectors = draw.normal(size=(60, front_end.num_features)) + 0.3 * target[:, None]
    size = front_end.num_features
    return EstimatorModel(
        estimator.fit(vectors, target),
        LABELS,
        front_end.spec(),
        mean=torch.randn(size, generator=torch.Generator().manual_seed(1)),
        std=torch.full((size,), 9.0),
        temperature=0.7,
        origin=ORIGIN,
    )

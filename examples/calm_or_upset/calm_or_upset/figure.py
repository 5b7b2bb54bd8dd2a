"""The figure that this project is judged by; importing it puts it into every table."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ser.evaluation.confusions import ratio
from ser.evaluation.figure import FIGURES, Figure

UPSET = 1  # its class in ``Calls.labels``


def missed(matrices: NDArray[Any]) -> NDArray[np.float64]:
    """Share of upset callers who were taken for calm.

    Shape:
        - matrices: ``(..., emotions, emotions)``, truth by prediction
        - output: ``(...)``
    """
    of_upset = matrices[..., UPSET, :]
    return ratio(of_upset.sum(-1) - of_upset[..., UPSET], of_upset.sum(-1))


MISSED = Figure("missed", "missed upset", missed, (0.0, 1.0), "ours", higher_is_better=False)
FIGURES[MISSED.name] = MISSED

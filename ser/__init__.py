"""Speech emotion recognition: corpus → folds → features → network → results."""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

# Heavy imports wait until they are used: `import ser` costs nothing.
_LAZY = {
    "load": "ser.inference.predictor",
    "Predictor": "ser.inference.predictor",
    "Prediction": "ser.inference.predictor",
}

__all__ = ["Prediction", "Predictor", "__version__", "load"]


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'ser' has no attribute {name!r}")

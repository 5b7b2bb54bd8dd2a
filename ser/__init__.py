"""Speech emotion recognition: corpus → folds → features → model → results."""

from __future__ import annotations

from ser.system.early import leave_early

leave_early()  # before what takes a while to import

from importlib import import_module  # noqa: E402
from typing import TYPE_CHECKING, Any  # noqa: E402

if TYPE_CHECKING:
    from ser.inference.loading import load
    from ser.inference.predictor import Prediction, Predictor
    from ser.models.registry import register

__version__ = "0.1.0"

# Heavy imports wait until they are used: `import ser` costs nothing.
_HOMES = {
    "load": "ser.inference.loading",
    "Predictor": "ser.inference.predictor",
    "Prediction": "ser.inference.predictor",
    "register": "ser.models",
}

__all__ = ["Prediction", "Predictor", "__version__", "load", "register"]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'ser' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})

"""What networks take from Lightning, or stand-ins where a process only answers.

Lightning takes longer to import than a model takes to answer, and a trained network needs none of
it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ser.system.purpose import only_answers

if TYPE_CHECKING or not only_answers():
    from pytorch_lightning import Callback, LightningModule
    from pytorch_lightning.plugins import MixedPrecision, Precision
    from pytorch_lightning.trainer.states import TrainerFn
    from pytorch_lightning.utilities import GradClipAlgorithmType
    from torchmetrics.classification import MulticlassConfusionMatrix
else:
    from ser.models.trained import (
        Callback,
        GradClipAlgorithmType,
        LightningModule,
        MixedPrecision,
        MulticlassConfusionMatrix,
        Precision,
        TrainerFn,
    )

__all__ = [
    "Callback",
    "GradClipAlgorithmType",
    "LightningModule",
    "MixedPrecision",
    "MulticlassConfusionMatrix",
    "Precision",
    "TrainerFn",
]

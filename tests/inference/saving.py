"""Model files of networks that nothing was trained for."""

from __future__ import annotations

from pathlib import Path

import torch

from ser.models import EmotionClassifier


def save(model: EmotionClassifier, path: Path) -> None:
    """Write a network as a Trainer would."""
    content = {"state_dict": model.state_dict(), "hyper_parameters": dict(model.hparams)}
    model.on_save_checkpoint(content)
    torch.save(content, path)

"""Use a trained network: a checkpoint is all that is needed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ser.errors import RunError, SerError
from ser.features import build_front_end
from ser.models import EmotionClassifier, build_from_checkpoint


@dataclass(frozen=True)
class Prediction:
    """What a network says of an utterance.

    Args:
        emotion: Most probable emotion.
        probabilities: Probability of each emotion, most probable first.
    """

    emotion: str
    probabilities: dict[str, float]


class Predictor:
    """A trained network with its front end: waveform in, emotion out.

    Args:
        network: Network that was trained with a ``CorpusDataModule``.

    Raises:
        RunError: If the network does not know its front end.
    """

    def __init__(self, network: EmotionClassifier) -> None:
        if network.front_end is None:
            raise RunError(
                f"this {type(network).__name__} was not trained with a ser datamodule, so it does "
                "not say which features it takes; call it with features directly."
            )
        self.network = network.eval()
        self.front_end = build_front_end(network.front_end)

    @torch.inference_mode()
    def __call__(self, waveform: Tensor, sample_rate: int) -> Prediction:
        """Predict the emotion of one utterance.

        Args:
            waveform: Samples in ``[-1, 1]``, of any rate and channel count.
            sample_rate: Rate of ``waveform``, in Hz.

        Shape:
            - waveform: ``(time,)`` or ``(channels, time)``
        """
        from ser.data.audio import to_mono  # noqa: PLC0415 - corpora are not needed before

        mono = to_mono(torch.as_tensor(waveform).float(), sample_rate, self.front_end.sample_rate)
        lengths = self.front_end.num_frames(torch.tensor([len(mono)]))
        logits = self.network(self.front_end(mono[None]), lengths)[0]
        shares = torch.softmax(logits.float(), 0).tolist()
        ranked = sorted(zip(self.network.labels, shares, strict=True), key=lambda pair: -pair[1])
        return Prediction(ranked[0][0], dict(ranked))


def load(checkpoint: str | Path) -> Predictor:
    """Load a ``model.ckpt`` of a run, or a checkpoint that Lightning wrote.

    Args:
        checkpoint: Path of the checkpoint; nothing else is needed, and no code in it is run.

    Raises:
        RunError: If the file is absent, is not a checkpoint of ser, would execute code, or holds
            settings and weights that do not fit each other.
    """
    content = _read(Path(checkpoint))
    try:
        return Predictor(build_from_checkpoint(content))
    except SerError as error:
        raise RunError(f"{checkpoint}: {error}") from error


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise RunError(f"{path} does not exist; a finished fold keeps its model.ckpt.")
    try:
        content: Any = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises many kinds; each means that the file is not ours
        raise RunError(
            f"{path} is not a checkpoint that can be loaded safely ({type(error).__name__}); "
            "pass a model.ckpt that ser.train wrote."
        ) from error
    if not isinstance(content, dict) or "ser" not in content:
        raise RunError(f"{path} was not written by ser; pass a model.ckpt that ser.train wrote.")
    return content

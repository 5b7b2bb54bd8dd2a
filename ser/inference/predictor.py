"""Use a trained model: its file is all that is needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from ser.errors import RunError, SerError, in_a_line
from ser.features import FrontEnd, build_front_end
from ser.features.audio import to_mono
from ser.models import EmotionClassifier, build_from_checkpoint
from ser.models.description import check_description
from ser.models.estimator import KIND, from_content
from ser.models.reading import read_checkpoint


@dataclass(frozen=True)
class Prediction:
    """What a model says of an utterance.

    Args:
        emotion: Most probable emotion.
        probabilities: Probability of each emotion, most probable first.
    """

    emotion: str
    probabilities: dict[str, float]


class Model(Protocol):
    """What a predictor needs: a network has it, and so has a fitted estimator."""

    @property
    def labels(self) -> list[str]:
        """Emotions in class order."""
        ...

    @property
    def front_end(self) -> dict[str, Any] | None:
        """Description of the front end, as ``FrontEnd.spec`` gives it."""
        ...

    def probabilities(self, features: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Probability of each emotion, ``(batch, emotions)``."""
        ...


class Predictor:
    """A trained model with its front end: waveform in, emotion out.

    Args:
        model: Network that was trained with a ``CorpusDataModule``, or a fitted estimator.

    Raises:
        RunError: If the model does not know its front end.
    """

    def __init__(self, model: Model) -> None:
        if model.front_end is None:
            raise RunError(
                f"this {type(model).__name__} was not trained with a ser datamodule, so it does "
                "not say which features it takes; call it with features directly."
            )
        self.model = model.eval() if isinstance(model, nn.Module) else model
        self.front_end: FrontEnd = build_front_end(model.front_end)
        _check_fit(model, self.front_end)

    @property
    def labels(self) -> Sequence[str]:
        """Emotions in class order."""
        return self.model.labels

    @torch.inference_mode()
    def __call__(self, waveform: Tensor, sample_rate: int) -> Prediction:
        """Predict the emotion of one utterance.

        Args:
            waveform: Samples in ``[-1, 1]``, of any rate and channel count.
            sample_rate: Rate of ``waveform``, in Hz.

        Shape:
            - waveform: ``(time,)`` or ``(channels, time)``
        """
        mono = to_mono(torch.as_tensor(waveform).float(), sample_rate, self.front_end.sample_rate)
        lengths = self.front_end.num_frames(torch.tensor([len(mono)]))
        shares = self.model.probabilities(self.front_end(mono[None]), lengths)[0].tolist()
        ranked = sorted(zip(self.labels, shares, strict=True), key=lambda pair: -pair[1])
        return Prediction(ranked[0][0], dict(ranked))


def load(checkpoint: str | Path, network: type[EmotionClassifier] | None = None) -> Predictor:
    """Load a ``model.ckpt`` of a run, or a checkpoint that Lightning wrote.

    Args:
        checkpoint: Path of the checkpoint; nothing else is needed, and no code in it is run.
        network: Class of the network, where it is neither one of ``ser.models`` nor registered
            by ``ser.register``.

    Raises:
        RunError: If the file is absent, is not a checkpoint of ser, would execute code, or holds
            settings and weights that do not fit each other.
    """
    path = Path(checkpoint)
    if not path.is_file():
        raise RunError(f"{path} does not exist; a finished fold keeps its model.ckpt.")
    try:
        return Predictor(_model(read_checkpoint(path), network))
    except SerError as error:
        raise RunError(f"{path}: {error}") from error
    except Exception as error:  # whatever else a file can hold, it ends in one sentence
        raise RunError(
            f"{path} cannot be loaded ({in_a_line(error)}); it is damaged, or was not written by "
            "ser.train."
        ) from error


def _model(content: Mapping[str, Any], network: type[EmotionClassifier] | None) -> Model:
    if check_description(content)["network"] == KIND:
        return from_content(content)
    return build_from_checkpoint(content, network)


def _check_fit(model: Model, front_end: FrontEnd) -> None:
    """Refuse a front end that gives other features than the model was trained with."""
    takes, sequence = (getattr(model, name, None) for name in ("num_features", "sequence"))
    if takes != front_end.num_features or sequence not in (None, front_end.sequence):
        raise RunError(
            f"its {type(front_end).__name__} gives {front_end.num_features} numbers "
            f"{'a frame' if front_end.sequence else 'an utterance'}, and its "
            f"{type(model).__name__} was not trained with such; the file is damaged."
        )

"""What every network shares: loss, metrics, optimiser, scaler, and what travels in a checkpoint."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import torch
from torch import Tensor
from torch.nn import functional
from torch.optim import Optimizer

from ser.errors import ConfigError, check_choice
from ser.models.acquaintance import (
    KeepApart,
    carry_along,
    leave_behind,
    read_fitted_to,
    take_along,
)
from ser.models.arguments import OwnNumbers, constructor_arguments, plain
from ser.models.blocks.checks import check_logits, parts_of
from ser.models.clipping import clip, steps_fused
from ser.models.finite import StayFinite
from ser.models.lightning import Callback, LightningModule, MulticlassConfusionMatrix
from ser.models.numbers import check_numbers
from ser.models.registry import OURS, Network, name_of
from ser.models.schedules import SCHEDULES, scheduled
from ser.models.standardised import answer, check_mean, standardise
from ser.models.weighting import WEIGHTINGS, class_weights, counts_of

if TYPE_CHECKING:
    from typing_extensions import Self

SHAPE = ("num_classes", "num_features", "num_frames")
RECIPES = ("default", "published")


class EmotionClassifier(LightningModule, metaclass=OwnNumbers):
    """Train a network to tell emotions apart; subclasses build layers and ``forward`` alone.

    Features are standardised on the way into ``forward`` with ``feature_mean`` and
    ``feature_std``, which a ``CorpusDataModule`` fits on the training side and which travel
    in the checkpoint, beside the labels and the settings of the front end. Frames beyond
    ``lengths`` are zero in ``forward``.

    A network knows whom it was fitted to (``fitted_to``, which travels in the checkpoint and with
    ``load_state_dict`` too), and a Trainer refuses to test it on them. Where its weights are drawn
    anew in place, ``fitted_to.clear()`` makes it forget them.

    Args:
        num_classes: Number of emotions.
        num_features: Channels of the features, or numbers in a feature vector.
        recipe: ``"default"``, or ``"published"`` for ``published_form``: so that
            ``CNN1D(4, 161, recipe="published")`` is a ``ser.models.published.CNN1D``.
        learning_rate: Step size of Adam.
        weight_decay: Decoupled weight decay (AdamW).
        adam_eps: Term added to Adam's denominator.
        schedule: ``"constant"``, ``"cosine"`` or ``"onecycle"``; see ``ser.models.schedules``.
        label_smoothing: Share of the target spread over all classes.
        class_weight: Weighs rare emotions more in the training loss: ``"balanced"``, by their
            inverse frequency on the training side, ``"sqrt"``, by its root, or None.
        subtract_mean: Whether the mean over an utterance is subtracted from each channel of its
            frames, so that what speaker, microphone and room add to all of them is gone. With
            ``"both"``, half of the utterances are trained on without their means, drawn anew in
            every step, and answers are the mean of the probabilities with and without.

    Raises:
        ConfigError: If ``recipe``, ``schedule`` or ``class_weight`` is unknown, the network has no
            such form, no frames to subtract a mean from, or a number is out of its range.
    """

    recipe: ClassVar[str] = "default"  # the form that this class is
    published_form: ClassVar[type[EmotionClassifier] | None] = None  # not that of subclasses
    sequence: ClassVar[bool | None] = None  # whether it reads frames or vectors; None: either
    feature_mean: Tensor
    feature_std: Tensor
    loss_weight: Tensor

    def __new__(cls, *args: Any, **arguments: Any) -> Self:
        """Hand over to the published form where ``recipe`` asks for it."""
        published = arguments.get("recipe") == "published"
        kind: Any = (published and vars(cls).get("published_form")) or cls
        # Not super(), by which save_hyperparameters would take this for another constructor.
        return object.__new__(cls) if kind is cls else kind(*args, **arguments)

    def __init__(
        self,
        num_classes: int,
        num_features: int,
        *,
        recipe: str = "default",
        learning_rate: float = 3e-4,
        weight_decay: float = 0.0,
        adam_eps: float = 1e-8,
        schedule: str = "cosine",
        label_smoothing: float = 0.0,
        class_weight: str | None = None,
        subtract_mean: bool | Literal["both"] = False,
    ) -> None:
        super().__init__()
        self.save_hyperparameters()
        self._check_recipe(recipe)
        check_choice("schedule", schedule, SCHEDULES)
        check_choice("class_weight", class_weight, WEIGHTINGS)
        check_mean(self, subtract_mean)
        check_numbers(self.hparams, ours=type(self).__module__.startswith(OURS))
        # Python's own numbers: the optimiser keeps its settings in the checkpoint as well.
        self.num_classes = int(num_classes)
        self.num_features = int(num_features)
        self.learning_rate = float(learning_rate)
        self.weight_decay = float(weight_decay)
        self.adam_eps = float(adam_eps)
        self.schedule = schedule
        self.label_smoothing = float(label_smoothing)
        self.class_weight = class_weight
        self.subtract_mean: bool | Literal["both"] = subtract_mean
        self.labels: list[str] = [str(i) for i in range(self.num_classes)]
        self.front_end: dict[str, Any] | None = None
        self.fitted_to: set[int] = set()
        self.origin: dict[str, Any] = {}
        self.register_buffer("feature_mean", torch.zeros(self.num_features))
        self.register_buffer("feature_std", torch.ones(self.num_features))
        self.register_buffer("loss_weight", torch.ones(self.num_classes), persistent=False)
        self.val_confusion = MulticlassConfusionMatrix(self.num_classes)
        self.test_confusion = MulticlassConfusionMatrix(self.num_classes)
        self.register_forward_pre_hook(standardise)
        self.register_forward_hook(answer)

    @classmethod
    def for_data(cls: type[Network], data: Any, **arguments: Any) -> Network:
        """Build the network that fits a datamodule: its classes, features and frames.

        Args:
            data: A ``CorpusDataModule``.
            arguments: Further constructor arguments.
        """
        wanted = constructor_arguments(cls).keys() - arguments.keys()
        shape = {key: getattr(data, key) for key in SHAPE if key in wanted}
        return cls(**shape, **arguments)

    def penalty(self) -> Tensor | float:
        """Regularisation added to the training loss; none unless a network defines it."""
        return 0.0

    def setup(self, stage: str) -> None:
        """Take labels, front end and scaler from the datamodule before training."""
        data: Any = getattr(self.trainer, "datamodule", None)
        if stage != "fit":
            return
        if hasattr(data, "feature_mean"):
            self._take_from(data)
        if self.class_weight:
            counts = counts_of(data, self.class_weight)
            self.loss_weight.copy_(class_weights(counts, self.class_weight))

    def _take_from(self, data: Any) -> None:
        self._check(data)
        self.labels = list(data.labels)
        self.front_end = data.front_end.spec()
        self.origin = dict(getattr(data, "origin", {}))
        self.feature_mean.copy_(data.feature_mean)
        # A channel that never varies (an empty mel band) stays what it is instead of exploding.
        self.feature_std.copy_(torch.where(data.feature_std > 0, data.feature_std, 1.0))

    def training_step(self, batch: Any, batch_idx: int) -> Tensor:
        """Loss of a batch, which is logged over the epoch."""
        loss = self.training_loss(batch)
        self.log("train/loss", loss, on_step=False, on_epoch=True, batch_size=len(batch[0]))
        return loss

    def training_loss(self, batch: Any) -> Tensor:
        """Cross-entropy of a batch, plus the penalty of the network; tensors alone are involved."""
        logits, target = self._heard(batch)
        loss = functional.cross_entropy(
            logits,
            target,
            self.loss_weight if self.class_weight else None,
            label_smoothing=self.label_smoothing,
        )
        return loss + self.penalty()

    def validation_step(self, batch: Any, batch_idx: int) -> None:
        """Add a batch to the validation figures."""
        self._evaluate(batch, "val", self.val_confusion)

    def on_validation_epoch_end(self) -> None:
        """Log UAR and accuracy of the whole validation side."""
        self._log_figures("val", self.val_confusion)

    def test_step(self, batch: Any, batch_idx: int) -> None:
        """Add a batch to the test figures."""
        self._evaluate(batch, "test", self.test_confusion)

    def on_test_epoch_end(self) -> None:
        """Log UAR and accuracy of the whole test side."""
        self._log_figures("test", self.test_confusion)

    def predict_step(self, batch: Any, batch_idx: int) -> Tensor:
        """Probabilities of a batch, whose first two parts are features and lengths.

        Shape:
            - output: ``(batch, num_classes)``
        """
        features, lengths, *_ = batch
        return self.probabilities(features, lengths)

    def probabilities(self, features: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Probability of each emotion, in float32 whatever autocast is in force.

        Shape:
            - features: as ``forward`` takes them, not standardised
            - lengths: ``(batch,)``, frames of each utterance that are not padding, or None
            - output: ``(batch, num_classes)``
        """
        return torch.softmax(self(features, lengths).float(), dim=-1)

    def configure_callbacks(self) -> list[Callback]:
        """What every Trainer watches: numbers that are finite, a test side that is unknown."""
        return [StayFinite(), KeepApart()]

    def configure_optimizers(self) -> Any:
        """Adam, with the schedule asked for."""
        optimizer = torch.optim.AdamW(
            self.parameters(),
            lr=self.learning_rate,
            eps=self.adam_eps,
            weight_decay=self.weight_decay,
            fused=steps_fused(self._trainer),
        )
        if self.schedule == "constant":
            return optimizer
        return scheduled(optimizer, self.schedule, self.trainer)

    def configure_gradient_clipping(
        self,
        optimizer: Optimizer,
        gradient_clip_val: float | None = None,
        gradient_clip_algorithm: str | None = None,
    ) -> None:
        """Clip the gradients of a step; see ``ser.models.clipping``."""
        clip(self, optimizer, gradient_clip_val, gradient_clip_algorithm)

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Add what prediction needs beside the weights; all settings as plain types."""
        leave_behind(checkpoint.get("state_dict"))
        checkpoint["ser"] = {
            "network": name_of(type(self)),
            "labels": [str(label) for label in self.labels],
            "front_end": plain(self.front_end),
            "fitted_to": sorted(self.fitted_to),
            "origin": plain(self.origin),
        }
        if self.CHECKPOINT_HYPER_PARAMS_KEY in checkpoint:
            settings = checkpoint[self.CHECKPOINT_HYPER_PARAMS_KEY]
            checkpoint[self.CHECKPOINT_HYPER_PARAMS_KEY] = plain(settings)

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Take back labels, front end, origin, and whom it was fitted to."""
        described: Mapping[str, Any] = checkpoint["ser"]
        self.labels = list(described["labels"])
        self.front_end = described["front_end"]
        self.origin = described.get("origin", self.origin)  # older checkpoints have none
        self.fitted_to = read_fitted_to(described)

    def _save_to_state_dict(self, destination: Any, prefix: str, keep_vars: bool) -> None:
        super()._save_to_state_dict(destination, prefix, keep_vars)
        carry_along(self, destination, prefix)

    def _load_from_state_dict(
        self, state_dict: Any, prefix: str, local_metadata: Mapping[str, Any], *how: Any
    ) -> None:
        take_along(self, local_metadata)
        super()._load_from_state_dict(state_dict, prefix, local_metadata, *how)

    def _check_recipe(self, recipe: str) -> None:
        check_choice("recipe", recipe, RECIPES)
        if recipe != self.recipe:
            raise ConfigError(
                f"recipe={recipe!r} does not fit {name_of(type(self))}, which has one form alone, "
                f"the {self.recipe} one; leave recipe out, or take another network."
            )

    def _check(self, data: Any) -> None:
        for name, have, given in (
            ("num_classes", self.num_classes, len(data.labels)),
            ("num_features", self.num_features, len(data.feature_mean)),
        ):
            if have != given:
                raise ConfigError(
                    f"{type(self).__name__}({name}={have}) does not fit the data, which has "
                    f"{given}; build it with {type(self).__name__}.for_data(datamodule)."
                )

    def _evaluate(self, batch: Any, side: str, confusion: MulticlassConfusionMatrix) -> None:
        logits, target = self._heard(batch)
        confusion.update(logits, target)
        loss = functional.cross_entropy(logits, target)
        self.log(f"{side}/loss", loss, batch_size=len(target))

    def _heard(self, batch: Any) -> tuple[Tensor, Tensor]:
        """Logits of a batch, and its targets."""
        features, lengths, target = parts_of(batch)
        logits = self(features, lengths)
        check_logits(name_of(type(self)), logits, self.num_classes)
        return logits, target

    def _log_figures(self, side: str, confusion: MulticlassConfusionMatrix) -> None:
        matrix = confusion.compute()
        confusion.reset()
        self.log_dict({f"{side}/uar": uar(matrix), f"{side}/accuracy": accuracy(matrix)})


def uar(confusion: Tensor) -> Tensor:
    """Unweighted average recall over the classes that occur.

    Shape:
        - confusion: ``(num_classes, num_classes)``, true class by predicted class
    """
    support = confusion.sum(1)
    present = support > 0
    return (confusion.diagonal()[present] / support[present]).mean()


def accuracy(confusion: Tensor) -> Tensor:
    """Share of utterances that are right, called weighted accuracy in the field."""
    return confusion.diagonal().sum() / confusion.sum()

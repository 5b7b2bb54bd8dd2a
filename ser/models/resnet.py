"""Small residual network of large kernels."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from ser.errors import ConfigError
from ser.models import keras
from ser.models.classifier import EmotionClassifier
from ser.models.convolutions import RECIPES, check_axes, check_choice, dense_head
from ser.models.masking import (
    Mask,
    MaskedBatchNorm2d,
    frame_mask,
    mean_over_frames,
    shrink,
    zero_padding,
)


class ResNet(EmotionClassifier):
    """Two 8x8 convolutions, four residual units, a 3x3 convolution, dense layers on the mean.

    The published form has "valid" convolutions in front and at the end, no batch
    normalisation and nothing after an addition. It reads padding as signal; frames too few
    for its convolutions are filled up with zeros.

    The default form keeps widths and depths, and differs in five points. Residual units are
    the standard ones of He et al., normalised and with a ReLU after the addition. Every
    convolution keeps the size of its maps, so that any input fits. The 3x3 pooling stands
    before the second convolution, the dearest layer, and a 2x2 one after it: three tenths of
    the published multiplications. Padding is masked, so that the logits of an utterance do
    not depend on its batch. Weights are drawn for ReLUs, after He et al.

    Args:
        num_classes: Number of emotions.
        num_features: Coefficients or mel bands a frame.
        recipe: ``"published"`` or ``"default"``; README has the validation UAR of both forms.
        dropout: Factor on the published dropout rate, 0.2 after each of the two dense layers.
        optimisation: Arguments of ``EmotionClassifier``.

    Shape:
        - features: ``(batch, num_features, frames)``
        - lengths: ``(batch,)``, frames that are not padding, or None
        - output: logits ``(batch, num_classes)``

    Raises:
        ConfigError: If ``recipe`` is unknown, ``num_features`` too small for the published
            form, or the features are not a matrix.

    References:
        He, Zhang, Ren and Sun, "Deep residual learning for image recognition", CVPR 2016.
        https://doi.org/10.1109/CVPR.2016.90
    """

    def __init__(
        self,
        num_classes: int,
        num_features: int,
        *,
        recipe: str = "default",
        dropout: float = 1.0,
        **optimisation: Any,
    ) -> None:
        super().__init__(num_classes, num_features, **optimisation)
        check_choice("recipe", recipe, RECIPES)
        self.published = recipe == "published"
        if self.published and num_features < SHORTEST:
            raise ConfigError(
                f"num_features={num_features} is too small for the valid convolutions of the "
                f"published ResNet, which need {SHORTEST}; take more coefficients, or "
                "recipe=default."
            )
        form, inner = ("valid", "same") if self.published else ("normalised", "normalised")
        self.stem = nn.ModuleList([Convolution(1, 32, 8, form), Convolution(32, 64, 8, form)])
        self.pools = (1, 3) if self.published else (3, 2)
        self.units = nn.ModuleList([ResidualUnit(64, kernel, inner) for kernel in (5, 5, 5, 3)])
        self.last = Convolution(64, 64, 3, form)
        self.head = dense_head((64, 256, 128), num_classes, 0.2 * dropout)
        self.apply(keras.initialise if self.published else he_normal)
        self.to(memory_format=torch.channels_last)

    def forward(self, features: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Return logits."""
        check_axes(features, 3)
        if self.published:
            missing = max(0, SHORTEST - features.shape[-1])
            features, lengths = functional.pad(features, (0, missing)), None
        maps = features[:, None]
        for convolution, size in zip(self.stem, self.pools, strict=True):
            mask = frame_mask(lengths, maps)
            # Zero is what padding has to be: after a ReLU it is no rival to a maximum.
            maps = zero_padding(convolution(maps, mask).relu(), mask)
            maps, lengths = self._pool(maps, size), shrink(lengths, 1, size)
        mask = frame_mask(lengths, maps)
        for unit in self.units:
            maps = unit(maps, mask)
        maps = self.last(maps, mask).relu()
        logits: Tensor = self.head(mean_over_frames(maps, mask))
        return logits

    def _pool(self, maps: Tensor, size: int) -> Tensor:
        if size == 1:
            return maps
        # The default form keeps an incomplete window at the end, so that one frame is enough.
        return functional.max_pool2d(maps, size, ceil_mode=not self.published)


class Convolution(nn.Module):
    """A convolution in the form asked for.

    Args:
        inputs: Maps that go in.
        outputs: Maps that come out.
        kernel: Side of the square kernel.
        form: ``"valid"``, ``"same"``, or ``"normalised"``: "same", with batch normalisation
            in the place of the bias.

    Shape:
        - maps: ``(batch, inputs, height, frames)``
        - mask: ``(batch, 1, 1, frames)`` of bool, or None
        - output: ``(batch, outputs, height, frames)``, ``kernel - 1`` less each if valid
    """

    def __init__(self, inputs: int, outputs: int, kernel: int, form: str) -> None:
        super().__init__()
        before, after = (0, 0) if form == "valid" else ((kernel - 1) // 2, kernel // 2)
        # Explicit, since PyTorch copies and warns when it pads an even kernel to "same".
        self.edge = nn.ZeroPad2d((before, after) * 2) if before != after else nn.Identity()
        self.convolution = nn.Conv2d(
            inputs,
            outputs,
            kernel,
            padding=before if before == after else 0,
            bias=form != "normalised",
        )
        self.norm = MaskedBatchNorm2d(outputs) if form == "normalised" else None

    def forward(self, maps: Tensor, mask: Mask = None) -> Tensor:
        """Convolve."""
        maps = self.convolution(self.edge(zero_padding(maps, mask)))
        return maps if self.norm is None else self.norm(maps, mask)


class ResidualUnit(nn.Module):
    """Two convolutions that learn what to add to their input.

    Normalised, there is a ReLU after the addition, and what is added starts at zero; without
    normalisation the ReLU comes before the addition.

    Args:
        width: Maps in and out.
        kernel: Side of the square kernels.
        form: Form of the convolutions, ``"same"`` or ``"normalised"``.

    Shape:
        - maps: ``(batch, width, height, frames)``
        - mask: ``(batch, 1, 1, frames)`` of bool, or None
        - output: as ``maps``
    """

    def __init__(self, width: int, kernel: int, form: str) -> None:
        super().__init__()
        self.first = Convolution(width, width, kernel, form)
        self.second = Convolution(width, width, kernel, form)
        if self.second.norm is not None:
            nn.init.zeros_(self.second.norm.weight)

    def forward(self, maps: Tensor, mask: Mask = None) -> Tensor:
        """Add the residual."""
        residual = self.second(self.first(maps, mask).relu(), mask)
        if self.second.norm is None:
            return maps + functional.relu(residual)
        return functional.relu(maps + residual)


def he_normal(layer: nn.Module) -> None:
    """Draw the weights of a convolution so that a ReLU keeps the scale of its gradient.

    References:
        He, Zhang, Ren and Sun, "Delving deep into rectifiers", ICCV 2015.
        https://doi.org/10.1109/ICCV.2015.123
    """
    if isinstance(layer, nn.Conv2d):
        nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)


SHORTEST = 7 + 7 + 3 * 3  # two valid 8x8, then three windows of the pooling for the valid 3x3

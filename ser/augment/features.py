"""Random changes of features, batch by batch, for the training side only."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from ser.augment.draws import beta, permutation
from ser.errors import ConfigError

SEQUENCE = 3  # dimensions of (batch, channels, frames)


class SpecAugment(nn.Module):
    """Hide random runs of frames and of channels behind the mean, 0 of scaled features.

    Every utterance draws its own masks: a width from 0 to the widest, then a place. Vectors have
    no frames, so their channels alone are masked. In evaluation mode nothing is changed. There is
    no time warping, which Park et al. found to matter least.

    Args:
        time_masks: Number of masks along time.
        time_width: Widest mask along time, in frames.
        frequency_masks: Number of masks along channels.
        frequency_width: Widest mask along channels, in channels.

    Shape:
        - features: ``(batch, channels, frames)`` or ``(batch, channels)``
        - lengths: ``(batch,)``, frames that are not padding; time masks stay within them
        - output: as ``features``

    Raises:
        ConfigError: If a number or a width is negative.

    References:
        Park et al., "SpecAugment: a simple data augmentation method for automatic speech
        recognition", Interspeech 2019. https://doi.org/10.21437/Interspeech.2019-2680
    """

    def __init__(
        self,
        time_masks: int = 2,
        time_width: int = 20,
        frequency_masks: int = 2,
        frequency_width: int = 8,
    ) -> None:
        super().__init__()
        settings = {
            "time_masks": time_masks,
            "time_width": time_width,
            "frequency_masks": frequency_masks,
            "frequency_width": frequency_width,
        }
        for name, value in settings.items():
            if value < 0:
                raise ConfigError(f"{name}={value} must be 0 or more; 0 switches it off.")
        self.time_masks, self.time_width = int(time_masks), int(time_width)
        self.frequency_masks, self.frequency_width = int(frequency_masks), int(frequency_width)

    def forward(
        self,
        features: Tensor,
        generator: torch.Generator,
        lengths: Tensor | None = None,
        fill: Tensor | float = 0.0,
    ) -> Tensor:
        """Return the masked features; all chance comes from ``generator``.

        Args:
            features: Features.
            generator: Source of all chance, on any device.
            lengths: Frames of each utterance; None if there is no padding.
            fill: What hides them; broadcasts against ``features``.
        """
        if not self.training:
            return features
        batch, channels = features.shape[:2]
        sizes = torch.full((batch,), channels, device=generator.device)
        hidden = _masks(sizes, channels, self.frequency_masks, self.frequency_width, generator)
        if features.ndim == SEQUENCE:
            frames = features.shape[2]
            whole = torch.full((batch,), frames, device=generator.device)
            sizes = whole if lengths is None else lengths.to(generator.device)
            late = _masks(sizes, frames, self.time_masks, self.time_width, generator)
            hidden = hidden.unsqueeze(2) | late.unsqueeze(1)
        behind = torch.as_tensor(fill, dtype=features.dtype, device=features.device)
        return torch.where(hidden.to(features.device), behind, features)


def _masks(
    sizes: Tensor, places: int, count: int, widest: int, generator: torch.Generator
) -> Tensor:
    """Draw ``count`` runs within the first ``sizes`` of ``places``, for each utterance.

    Shape:
        - sizes: ``(batch,)``
        - output: ``(batch, places)``, True where hidden
    """
    device = generator.device
    draws = torch.rand(2, len(sizes), count, generator=generator, device=device)
    limit = sizes.clamp(max=widest).unsqueeze(1)  # (batch, 1)
    width = (draws[0] * (limit + 1)).long()  # (batch, count)
    start = (draws[1] * (sizes.unsqueeze(1) - width + 1)).long()
    place = torch.arange(places, device=device)
    inside = (place >= start.unsqueeze(2)) & (place < (start + width).unsqueeze(2))
    return inside.any(1)


class Mixup(nn.Module):
    """Mix every utterance with another of its batch, and its target likewise.

    Each utterance draws its own weight from Beta(alpha, alpha). In evaluation mode nothing is
    mixed.

    Args:
        alpha: Parameter of the Beta distribution: small keeps most utterances nearly whole, 1 mixes
            all ratios alike.

    Shape:
        - features: ``(batch, ...)``
        - lengths: ``(batch,)``, frames that are not padding
        - target: ``(batch, num_classes)``, probabilities, such as one-hot classes
        - output: features and targets as given; lengths, those of the longer of each two

    Raises:
        ConfigError: If ``alpha`` is not positive.

    References:
        Zhang et al., "mixup: beyond empirical risk minimization", ICLR 2018.
        https://arxiv.org/abs/1710.09412
    """

    def __init__(self, alpha: float = 0.2) -> None:
        super().__init__()
        if not (math.isfinite(alpha) and alpha > 0):
            raise ConfigError(f"alpha={alpha} must be positive; leave mixup out to switch it off.")
        self.alpha = float(alpha)

    def forward(
        self, features: Tensor, lengths: Tensor, target: Tensor, generator: torch.Generator
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return the mixture; all chance comes from ``generator``."""
        if not self.training:
            return features, lengths, target
        partner = permutation(len(features), generator).to(features.device)
        weight = beta(self.alpha, len(features), generator).to(features)
        share = weight.view(-1, *[1] * (features.ndim - 1))
        return (
            torch.lerp(features[partner], features, share),
            torch.maximum(lengths, lengths[partner]),
            torch.lerp(target[partner], target, weight.unsqueeze(1)),
        )

"""What is done to training utterances, put together: copies, waveforms, features, targets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from ser.augment.features import Mixup, SpecAugment
from ser.augment.views import COPIES
from ser.augment.waveform import WaveformAugmentation
from ser.errors import ConfigError, check_choice


class Augmentation(nn.Module):
    """Change training utterances: before the training as fixed copies, or anew in each step.

    Args:
        copies: Fixed copies of every utterance to train on beside it, names of ``COPIES``.
        waveform: Random changes of the waveform, in order; features are then extracted in
            each step.
        spec_augment: Random masks on the scaled features.
        mixup: Mixes each utterance with another of its batch.

    Raises:
        ConfigError: If a copy is unknown, or both copies and changes of the waveform are
            asked for: a copy is stored as features, and its waveform is gone.

    Example:
        >>> from ser.augment import Noise
        >>> Augmentation(waveform=[Noise(10, 30)], spec_augment=SpecAugment()).online
        True
    """

    def __init__(
        self,
        copies: Sequence[str] = (),
        waveform: Iterable[nn.Module] = (),
        spec_augment: SpecAugment | None = None,
        mixup: Mixup | None = None,
    ) -> None:
        super().__init__()
        self.copies = tuple(copies)
        self.waveform = WaveformAugmentation(waveform or ())
        self.spec_augment = spec_augment
        self.mixup = mixup
        for name in self.copies:
            check_choice("augment.copies", name, COPIES)
        if self.copies and self.changes_waveforms:
            raise ConfigError(
                f"augment.copies={list(self.copies)} and augment.waveform exclude each other: "
                "copies are stored as features. Leave one of the two empty."
            )

    @property
    def changes_waveforms(self) -> bool:
        """Whether training has to start from waveforms."""
        return len(self.waveform.transforms) > 0

    @property
    def online(self) -> bool:
        """Whether anything is drawn anew in each step."""
        return self.changes_waveforms or bool(self.spec_augment) or bool(self.mixup)

    def change_waveforms(
        self, waveform: Tensor, lengths: Tensor, generator: torch.Generator
    ) -> tuple[Tensor, Tensor]:
        """Change each utterance by itself, without its padding.

        Shape:
            - waveform: ``(batch, time)``
            - lengths: ``(batch,)``, samples
            - output: ``(batch, time')``, zeros at the ends, and the new lengths
        """
        rows = zip(waveform, lengths.tolist(), strict=True)
        changed = [self.waveform(row[None, :count], generator)[0] for row, count in rows]
        sizes = torch.tensor([len(row) for row in changed], device=lengths.device)
        return pad_sequence(changed, batch_first=True), sizes

    def change_features(
        self,
        features: Tensor,
        lengths: Tensor,
        target: Tensor,
        generator: torch.Generator,
        fill: Tensor | float = 0.0,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Mask and mix features whose padding is ``fill``, the value that carries no news.

        Shape:
            - features: ``(batch, channels, frames)`` or ``(batch, channels)``
            - lengths: ``(batch,)``, frames
            - target: ``(batch,)``; mixed targets are ``(batch, num_classes)``
            - fill: broadcasts against ``features``, such as the mean of each channel
        """
        if self.spec_augment is not None:
            features = self.spec_augment(features, generator, lengths, fill)
        if self.mixup is not None:
            features, lengths, target = self.mixup(features, lengths, target, generator)
        return features, lengths, target

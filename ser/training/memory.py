"""A training that does not fit the memory of its device, and the batch size that would."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from pytorch_lightning import Trainer
from torch import Tensor

from ser.data.batches import Loading, loader
from ser.data.datamodule import FoldDataModule
from ser.errors import TooLargeError
from ser.models import EmotionClassifier
from ser.system.counted import counted


def fit_into_memory(
    trainer: Trainer, network: EmotionClassifier, module: FoldDataModule, resume: Path | None
) -> None:
    """Train, or say which batch size would have fitted.

    Args:
        trainer: What trains.
        network: Network to be trained.
        module: Batches of its fold.
        resume: Checkpoint to go on from, or None.

    Raises:
        TooLargeError: If the memory of the device does not suffice.
    """
    try:
        trainer.fit(network, module, ckpt_path=resume)
    except torch.OutOfMemoryError as error:
        reason = _reason(error)
    else:
        return
    # Out here, since an exception keeps what the step had in memory.
    device = trainer.strategy.root_device
    data = module.fold_data  # whose features a network reads, where steps start from waveforms too
    batch = next(iter(loader(data.prepared, data.fold.train, module.loading, train=True)))
    gc.collect()
    fitting = largest_fitting(network, tuple(batch), device)
    way = f"data.batch_size={fitting} fits" if fitting else "not even one utterance fits"
    raise TooLargeError(
        f"batches of {counted(module.loading.batch_size, 'utterance')} are too large for "
        f"{device}: {reason}. There, {way}; or let fewer trainings share the device."
    )


@contextmanager
def fit_to_judge(loading: Loading) -> Iterator[None]:
    """Predict, or say what would have to be smaller.

    Args:
        loading: How batches are made.

    Raises:
        TooLargeError: If the memory of the device does not suffice.
    """
    try:
        yield
    except torch.OutOfMemoryError as error:
        size = loading.eval_batch_size
        raise TooLargeError(
            f"batches of {size} utterances are too large to be judged: {_reason(error)}. The "
            "training is kept: start the same command again while fewer share the device, or "
            f"begin another run with +data.eval_batch_size={max(size // 2, 1)}."
        ) from None


def largest_fitting(
    network: EmotionClassifier, batch: tuple[Tensor, ...], device: torch.device
) -> int:
    """Utterances of a batch, halved until a step fits; 0 if none does.

    Args:
        network: Network, which is brought to the device.
        batch: Features, lengths and targets that are too large together.
        device: The device.
    """
    size = len(batch[0]) // 2
    while size:
        try:
            network.to(device)
            loss = network.training_loss([part[:size].to(device) for part in batch])
            torch.autograd.backward(loss)
        except torch.OutOfMemoryError:
            size //= 2
        else:
            break
        finally:
            network.zero_grad()
            torch.cuda.empty_cache()
    return size


def _reason(error: torch.OutOfMemoryError) -> str:
    """Its first sentence; the others are for programmers."""
    return str(error).partition(". ")[0].rstrip(".")

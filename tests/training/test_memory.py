"""A batch that is too large names the one that fits."""

import pytest
import torch
from pytorch_lightning import Trainer

from ser.augment import Augmentation, Noise
from ser.data import CorpusDataModule
from ser.data.batches import Loading
from ser.data.datamodule import FoldDataModule
from ser.errors import TooLargeError
from ser.features import UtteranceStatistics
from ser.models import CNN1D
from ser.training.memory import fit_into_memory, fit_to_judge


@pytest.mark.parametrize(
    ("room", "waveform", "expected"),
    [
        (5, (), "data.batch_size=4 fits"),
        (5, (Noise(),), "data.batch_size=4 fits"),
        (0, (), "not even one"),
    ],
)
def test_too_large_a_batch_names_the_size_that_fits(emodb, monkeypatch, room, waveform, expected):
    loss = CNN1D.training_loss

    def limited(self, batch):
        if len(batch[0]) > room:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")
        return loss(self, batch)

    monkeypatch.setattr(CNN1D, "training_loss", limited)
    augment = Augmentation(waveform=waveform)
    folds = CorpusDataModule(
        emodb, UtteranceStatistics(), "speaker", augment=augment, verify=False
    ).folds
    module = FoldDataModule(folds.fold(0), Loading(batch_size=8), augment)
    trainer = Trainer(
        accelerator="cpu", logger=False, enable_checkpointing=False, max_epochs=1,
        enable_progress_bar=False, enable_model_summary=False,
    )  # fmt: skip
    with pytest.raises(TooLargeError, match=expected):
        fit_into_memory(trainer, CNN1D.for_data(module), module, None)


def test_a_side_that_is_too_large_to_be_judged_names_a_smaller_batch():
    message = r"batches of 64 .* CUDA out of memory\. .* \+data\.eval_batch_size=32\."
    with pytest.raises(TooLargeError, match=message), fit_to_judge(Loading()):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.50 GiB. GPU 0 has")

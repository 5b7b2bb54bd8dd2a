"""Whole epochs at once give what steps one by one give, and go on where those stopped."""

from threading import Event
from types import SimpleNamespace
from typing import ClassVar

import pandas as pd
import pytest
import torch
from drawing_layer import Line
from pytorch_lightning import Callback, Trainer, seed_everything
from torch import nn
from torch.optim.lr_scheduler import LambdaLR

from ser.augment import Augmentation, Mixup, Noise, SpecAugment
from ser.data import CorpusDataModule
from ser.data.batches import Loading
from ser.data.datamodule import FoldDataModule
from ser.data.epochs import epochs_of, fits, resident
from ser.errors import ConfigError, StorageError, TrainingError
from ser.features import LogMel, UtteranceStatistics
from ser.models import EmotionClassifier, LSTMClassifier
from ser.runs.cell import Cell
from ser.runs.files import write_bytes
from ser.training import graphs, sealed
from ser.training.continuing import checkpointing
from ser.training.graphs import Graphs
from ser.training.lightning import LightningLearner
from ser.training.recordable import resolve_record
from ser.training.recording import RecordedSteps
from ser.training.sealed import KeptCheckpoints, SealedCheckpoints
from ser.training.seeds import StepSeed

CPU = torch.device("cpu")


class Hasty(Line):
    """A step size that changes with every step."""

    def configure_optimizers(self):
        optimizer = torch.optim.AdamW(self.parameters(), lr=0.1)
        schedule = LambdaLR(optimizer, lambda step: 0.9**step)
        return [optimizer], [{"scheduler": schedule, "interval": "step"}]


class Cycled(Line):
    """A step size that rises and falls once, over all steps of the training."""

    def __init__(self, num_classes, num_features):
        super().__init__(num_classes, num_features, schedule="onecycle")


class Figures(Callback):
    """What each epoch ended with."""

    def __init__(self):
        self.found = []

    def on_train_epoch_end(self, trainer, network):
        rate = trainer.optimizers[0].param_groups[0]["lr"]
        metrics = {key: float(value) for key, value in trainer.callback_metrics.items()}
        self.found.append((trainer.global_step, rate, metrics))


@pytest.fixture(scope="module")
def fold(emodb):
    return CorpusDataModule(emodb, UtteranceStatistics(), "speaker", verify=False).folds.fold(1)


@pytest.fixture(scope="module")
def frames(emodb):
    return CorpusDataModule(emodb, LogMel(), "speaker", verify=False).folds.fold(1)


def fit(data, kind=Line, record=True, loading=None, augment=None, **settings):
    """Figures of each epoch, and the weights in the end."""
    module = FoldDataModule(data, loading or Loading(batch_size=4), augment)
    seed_everything(0)
    network, figures = kind.for_data(module), Figures()
    strategy = {"strategy": RecordedSteps(CPU, 0)} if record else {}
    Trainer(
        callbacks=[StepSeed(0), figures],
        max_epochs=3,
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        num_sanity_val_steps=0,
        **strategy,
        **settings,
    ).fit(network, module)
    return figures.found, network.state_dict()


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        (Line, {}),
        (Line, {"precision": "bf16-mixed"}),
        (Line, {"gradient_clip_val": 0.01}),
        (Line, {"gradient_clip_val": 0.01, "gradient_clip_algorithm": "value"}),
        (Hasty, {}),
        (Cycled, {}),
    ],
    ids=["plain", "bf16", "clipped", "clipped-value", "scheduled-by-steps", "one-cycle"],
)
def test_epochs_at_once_give_the_figures_and_weights_of_steps_one_by_one(fold, kind, settings):
    (once, weights), (steps, expected) = (fit(fold, kind, r, **settings) for r in (True, False))
    assert once == steps
    assert len(once) == 3
    assert once[-1][0] > 3  # steps, not epochs
    torch.testing.assert_close(weights, expected, rtol=0, atol=0)


class Breaking(Line):
    """A loss that is no number from the second step on."""

    taken: ClassVar = []

    def training_loss(self, batch):
        self.taken.append(batch)
        return super().training_loss(batch) * (1.0 if len(self.taken) < 2 else float("nan"))


def test_an_epoch_on_the_cpu_ends_at_a_loss_that_is_not_finite(fold, monkeypatch):
    monkeypatch.setattr(Breaking, "taken", [])
    with pytest.raises(TrainingError, match="epoch 1, step 2: the loss is nan"):
        fit(fold, Breaking)
    assert len(Breaking.taken) == 2  # of three or more


@pytest.mark.parametrize(
    ("side", "kind", "augment"),
    [
        ("fold", Line, Augmentation(mixup=Mixup())),
        ("frames", LSTMClassifier, Augmentation(spec_augment=SpecAugment(), mixup=Mixup(1.0))),
    ],
    ids=["mixup", "spec-augment-and-mixup"],
)
def test_what_is_drawn_in_each_step_is_the_same_at_once_and_one_by_one(
    request, side, kind, augment
):
    data = request.getfixturevalue(side)
    few = Loading(batch_size=4, pad_to="few")
    (once, weights), (steps, expected) = (fit(data, kind, r, few, augment) for r in (True, False))
    assert once == steps
    torch.testing.assert_close(weights, expected, rtol=0, atol=0)
    plain, _ = fit(data, kind, True, few)
    assert plain != once


def test_frames_of_few_widths_give_the_same_and_nearly_that_of_their_own(frames):
    few = Loading(batch_size=4, pad_to="few")
    (once, _), (steps, _) = (fit(frames, LSTMClassifier, r, few) for r in (True, False))
    assert once == steps
    own, _ = fit(frames, LSTMClassifier, False)
    for (_, _, a), (_, _, b) in zip(once, own, strict=True):
        assert a["train/loss"] == pytest.approx(b["train/loss"], rel=1e-4)


def test_batches_of_an_epoch_are_those_of_the_loader_in_few_widths(frames):
    loader = FoldDataModule(frames, Loading(batch_size=4, pad_to="few")).train_dataloader()
    alone = FoldDataModule(frames, Loading(batch_size=4)).train_dataloader()
    for epoch in range(2):
        loader.sampler.set_epoch(epoch)
        alone.sampler.set_epoch(epoch)
        (served,) = epochs_of(loader, CPU)
        expected = list(alone)
        assert served.sizes == [len(batch.target) for batch in expected]
        longest = frames.prepared.features.num_frames
        for rows, width, batch in zip(served.rows, served.frames, expected, strict=True):
            features, lengths, target = served.corpus.batch(rows, width)
            own = batch.features.shape[-1]
            assert own <= width <= min(own + -(-longest // 4), longest)
            torch.testing.assert_close(features[..., :own], batch.features, rtol=0, atol=0)
            assert not features[..., own:].any()
            assert lengths.tolist() == batch.lengths.tolist()
            assert target.tolist() == batch.target.tolist()


def test_a_corpus_comes_to_the_device_once_for_all_folds(fold):
    features, targets = fold.prepared.features, fold.prepared.targets
    assert resident(features, targets, CPU) is resident(features, targets, CPU)


def test_a_corpus_that_is_too_large_for_a_device_is_served_in_batches(fold, monkeypatch):
    device, size = torch.device("cuda"), fold.prepared.features.values.nbytes
    for free, expected in ((4 * size, True), (size, False)):
        monkeypatch.setattr(torch.cuda, "mem_get_info", lambda _, free=free: (free, 8 * size))
        assert fits(fold.prepared.features, device) is expected
    loader = FoldDataModule(fold).train_dataloader()
    assert epochs_of(loader, device) is None
    assert epochs_of([1, 2], CPU) is None


class PowerCut(Callback):
    """End a training before its third epoch."""

    def on_train_epoch_start(self, trainer, network):
        if trainer.current_epoch == 2:
            raise RuntimeError("power cut")


def learn(data, cell, record, *more, every=0.0, augment=None):
    """Train a cell, or go on with it."""

    def make_trainer(place):
        strategy = {"strategy": RecordedSteps(CPU, 0)} if record else {}
        return Trainer(
            callbacks=[StepSeed(0), *checkpointing(place, True, 15, every), *more],
            max_epochs=4,
            accelerator="cpu",
            logger=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            num_sanity_val_steps=0,
            **strategy,
        )

    loading = Loading(batch_size=4)
    settings = {"learning_rate": 0.01}
    learner = LightningLearner(Line, settings, make_trainer, loading=loading, augment=augment)
    return learner.fit(data, cell)


@pytest.mark.parametrize(("first", "second"), [(True, True), (True, False), (False, True)])
def test_an_interrupted_fold_goes_on_either_way_to_the_same_predictions(
    fold, tmp_path, first, second
):
    mixed = Augmentation(mixup=Mixup())
    whole = learn(fold, Cell(tmp_path / "whole", 1), False, augment=mixed)
    cell = Cell(tmp_path / "cut", 1)
    with pytest.raises(RuntimeError, match="power cut"):
        learn(fold, cell, first, PowerCut(), augment=mixed)
    cut = learn(fold, cell, second, augment=mixed)
    assert cut.facts["continued"] is True
    pd.testing.assert_frame_equal(whole.test, cut.test)


def test_snapshots_lie_on_the_disk_once_their_time_has_come_or_the_training_ends(fold, tmp_path):
    cell = Cell(tmp_path, 1)
    with pytest.raises(RuntimeError, match="power cut"):
        learn(fold, cell, False, PowerCut(), every=1e9)
    assert not list(tmp_path.rglob("*.ckpt"))
    outcome = learn(fold, cell, False, every=1e9)
    assert outcome.facts["continued"] is False
    assert sorted(path.name for path in tmp_path.rglob("*.ckpt")) == ["best.ckpt", "last.ckpt"]
    pd.testing.assert_frame_equal(outcome.test, learn(fold, Cell(tmp_path / "b", 1), False).test)
    assert learn(fold, cell, False).facts["continued"] is True


def test_a_checkpoint_that_is_kept_is_what_it_was_when_it_came(tmp_path):
    checkpoints, path, weight = KeptCheckpoints("me"), tmp_path / "best.ckpt", torch.ones(2)
    checkpoints.save_checkpoint({"weight": weight}, path)
    weight.zero_()
    assert checkpoints.load_checkpoint(path)["weight"].tolist() == [1, 1]
    assert not path.exists()
    checkpoints.write()
    checkpoints.finish()
    assert SealedCheckpoints("me").load_checkpoint(path)["weight"].tolist() == [1, 1]


def test_training_goes_on_while_a_checkpoint_is_written(tmp_path, monkeypatch):
    checkpoints, path, goes_on = KeptCheckpoints("me"), tmp_path / "last.ckpt", Event()

    def slowly(*content):
        assert goes_on.wait(60)
        write_bytes(*content)

    monkeypatch.setattr(sealed, "write_bytes", slowly)
    checkpoints.save_checkpoint({"epoch": 1}, path)
    checkpoints.write()
    checkpoints.save_checkpoint({"epoch": 2}, path)
    assert not path.exists()
    goes_on.set()
    checkpoints.teardown()
    assert SealedCheckpoints("me").load_checkpoint(path) == {"epoch": 1}
    assert checkpoints.load_checkpoint(path) == {"epoch": 2}


@pytest.mark.parametrize("waits", ["write", "finish", "load_checkpoint"])
def test_whatever_waits_for_a_checkpoint_says_why_it_is_not_written(tmp_path, waits):
    path = tmp_path / "file" / "last.ckpt"
    path.parent.write_text("no folder")
    checkpoints = KeptCheckpoints("me")
    checkpoints.save_checkpoint({"epoch": 1}, path)
    checkpoints.write()
    checkpoints.teardown()
    with pytest.raises(StorageError, match="a file lies where a folder belongs"):
        getattr(checkpoints, waits)(*[path] * (waits == "load_checkpoint"))


def test_a_training_whose_checkpoints_cannot_be_written_ends_in_a_sentence(
    fold, tmp_path, monkeypatch
):
    def fail(path, _):
        raise StorageError(f"{path} cannot be written: the disk is full.")

    monkeypatch.setattr(sealed, "write_bytes", fail)
    with pytest.raises(StorageError, match="the disk is full"):
        learn(fold, Cell(tmp_path, 1), False, every=1e9)


def test_without_time_between_snapshots_each_epoch_lies_on_the_disk_as_it_ends(fold, tmp_path):
    cell, there = Cell(tmp_path, 1), []

    class Look(Callback):
        def on_train_epoch_start(self, trainer, network):
            there.append(cell.last_checkpoint.exists())

    learn(fold, cell, False, Look(), every=0)
    assert there == [False, True, True, True]


class FakeGraph:
    """What was recorded, and with which settings of the optimiser."""

    def __init__(self, work, rows, frames, pool, generator):
        self.work, self.frames, self.given_pool = work, frames, pool
        self.pool = "pool"
        work.recorded.append((len(rows), frames, pool))

    def replay(self, rows):
        return self.work(rows, self.frames)


class Work:
    """Notes its calls."""

    def __init__(self, optimizer):
        self.optimizer, self.calls, self.recorded = optimizer, [], []

    def __call__(self, rows, frames):
        self.calls.append((rows.tolist(), frames))
        return (rows,)


def test_the_second_step_of_a_shape_is_recorded_and_every_later_one_replayed(monkeypatch):
    monkeypatch.setattr(graphs, "Graph", FakeGraph)
    weight = nn.Parameter(torch.ones(1))
    optimizer = torch.optim.AdamW([weight], lr=0.5)
    weight.sum().backward()
    optimizer.step()
    work = Work(optimizer)
    steps = Graphs(work, optimizer)
    shapes = [(2, 5), (2, 5), (3, 5), (2, 5), (2, 9), (2, 9)]
    for number, (size, width) in enumerate(shapes):
        steps(torch.full((size,), number), width)
    assert [(rows[0], len(rows), width) for rows, width in work.calls] == [
        (number, *shape) for number, shape in enumerate(shapes)
    ]
    assert work.recorded == [(2, 5, None), (2, 9, "pool")]
    assert optimizer.param_groups[0]["lr"] == 0.5
    assert optimizer.param_groups[0]["capturable"] is False
    optimizer.param_groups[0]["lr"] = 0.25
    steps(torch.ones(2), 5)
    assert float(steps.rate) == 0.25


def test_while_it_is_recorded_an_optimiser_reads_its_step_size_from_the_device():
    weight, rate = nn.Parameter(torch.ones(1)), torch.zeros(())
    optimizer = torch.optim.AdamW([weight], lr=0.5)
    with graphs._recordable(optimizer, rate):
        assert optimizer.param_groups[0]["lr"] is rate
        assert optimizer.param_groups[0]["capturable"] is True
    assert optimizer.param_groups[0]["lr"] == 0.5


class Own(EmotionClassifier):
    """A network with a step of its own."""

    def training_step(self, batch, batch_idx):
        return super().training_step(batch, batch_idx)


PLAIN = {"strategy": "auto", "devices": 1, "precision": "bf16-mixed", "compile": None}
NOTHING = Augmentation()


@pytest.mark.parametrize(
    ("changed", "kind", "augment", "reason"),
    [
        ({}, Own, NOTHING, "Own has its own training_step"),
        ({}, LSTMClassifier, Augmentation(waveform=[Noise()]), "changes sounds"),
        ({"compile": "default"}, LSTMClassifier, NOTHING, "compile records"),
        ({"devices": 2}, LSTMClassifier, NOTHING, "takes trainer.devices=1"),
        ({"accumulate_grad_batches": 2}, LSTMClassifier, NOTHING, "accumulate_grad_batches div"),
        ({"fast_dev_run": True}, LSTMClassifier, NOTHING, "fast_dev_run divides"),
        ({"max_time": "00:01:00"}, LSTMClassifier, NOTHING, "max_time divides"),
        ({"precision": "16-mixed", "gradient_clip_val": 1}, LSTMClassifier, NOTHING, "16-bit"),
        ({"precision": "auto", "gradient_clip_val": 1}, LSTMClassifier, NOTHING, "16-bit"),
    ],
)
def test_what_cannot_be_recorded_is_not_and_says_why_if_it_is_asked_for(
    changed, kind, augment, reason, monkeypatch
):
    monkeypatch.setattr("torch.cuda.is_bf16_supported", lambda **_: False)  # as of a T4
    trainer = SimpleNamespace(**PLAIN | changed)
    trainer.get = lambda key, default=None: getattr(trainer, key, default)
    assert not resolve_record("cuda", kind, augment, trainer)
    trainer.record = True
    with pytest.raises(ConfigError, match=reason):
        resolve_record("cuda", kind, augment, trainer)


@pytest.mark.parametrize(
    ("record", "accelerator", "kind", "expected"),
    [
        ("auto", "cuda", LSTMClassifier, True),
        ("auto", "gpu", LSTMClassifier, True),
        ("auto", "cpu", LSTMClassifier, True),
        ("auto", "mps", LSTMClassifier, False),
        ("auto", "cuda", Line, False),
        ("auto", "cpu", Line, False),
        (True, "cpu", Line, True),
        (False, "cuda", LSTMClassifier, False),
    ],
)
def test_networks_of_this_package_take_epochs_at_once_and_others_where_it_is_asked_for(
    record, accelerator, kind, expected
):
    trainer = SimpleNamespace(**PLAIN, record=record)
    trainer.get = lambda key, default=None: getattr(trainer, key, default)
    drawn = Augmentation(spec_augment=SpecAugment(), mixup=Mixup())
    for augment in (NOTHING, drawn):
        assert resolve_record(accelerator, kind, augment, trainer) is expected

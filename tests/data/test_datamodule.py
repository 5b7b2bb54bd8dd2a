"""One fold as batches: who is on which side, what the scaler saw, and in which order."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import torch
from hypothesis import given
from hypothesis import strategies as st
from pytorch_lightning import Trainer
from pytorch_lightning.demos.boring_classes import BoringModel
from torch import Tensor

from ser.augment import VOICES, Augmentation, Gain, Mixup, Noise, SpecAugment, TimeStretch
from ser.corpora import EmoDB
from ser.data import EmoDBDataModule, dealing
from ser.data.batches import Batch, EpochBatches
from ser.data.datamodule import CorpusDataModule
from ser.errors import ConfigError, CorpusError, FoldError
from ser.features import MFCC, FrontEnd, UtteranceStatistics
from ser.folds import Regime, regime
from ser.folds.protocol import Protocol

RATE = 16000
SIDES = ("train", "validation", "test")


def mfcc() -> MFCC:
    return MFCC(RATE, n_mfcc=8, window=0.032, hop=0.016, n_mels=20, duration=None, pad=False)


def module(
    corpus: EmoDB,
    cv: str = "speaker",
    fold: int = 0,
    front_end: FrontEnd | None = None,
    **options: Any,
) -> CorpusDataModule:
    """Set a fold up."""
    chosen = regime(cv, None if cv == "speaker" else 3)
    datamodule = CorpusDataModule(
        corpus, front_end or mfcc(), chosen, fold, verify=False, **options
    )
    datamodule.setup()
    return datamodule


def originals(datamodule: CorpusDataModule, side: str) -> set[str]:
    """Ids of the utterances that a side holds, or holds a copy of."""
    return {row.id for row in datamodule.fold_data.rows(side)}


def names(datamodule: CorpusDataModule, side: str) -> list[str]:
    """Names of the rows of a side."""
    return [str(row) for row in datamodule.fold_data.rows(side)]


def sides_of(datamodule: CorpusDataModule) -> dict[str, list[str]]:
    """Names of the rows of every side."""
    return {side: names(datamodule, side) for side in SIDES}


def targets(loader: Iterable[Batch]) -> Tensor:
    return torch.cat([batch.target for batch in loader])


def test_leave_one_speaker_out_keeps_speakers_apart(emodb: EmoDB) -> None:
    datamodule = module(emodb, fold=1)
    speakers = [{row.speaker for row in datamodule.fold_data.rows(side)} for side in SIDES]
    assert speakers == [{"09"}, {"03"}, {"08"}]


@pytest.mark.parametrize("cv", ["kfold", "stratified", "speaker"])
def test_equal_arguments_give_equal_splits(cv: str, emodb: EmoDB) -> None:
    assert sides_of(module(emodb, cv, 1)) == sides_of(module(EmoDB(emodb.root), cv, 1))


def test_training_seed_does_not_change_the_splits(emodb: EmoDB) -> None:
    ids = [sides_of(module(emodb, "stratified", seed=seed)) for seed in (0, 1)]
    assert ids[0] == ids[1]


@pytest.mark.parametrize("cv", ["kfold", "stratified", "speaker"])
def test_sides_are_disjoint_and_complete(cv: str, emodb: EmoDB) -> None:
    datamodule = module(emodb, cv)
    for fold in range(3):
        datamodule.at_fold(fold).setup()
        ids = [name for side in SIDES for name in names(datamodule, side)]
        assert sorted(ids) == [u.id for u in emodb.utterances()]


def test_module_turned_to_a_fold_equals_one_made_for_it(emodb: EmoDB) -> None:
    turned = module(emodb).at_fold(2)
    turned.setup()
    made = module(emodb, fold=2)
    assert sides_of(turned) == sides_of(made)
    assert torch.equal(turned.feature_mean, made.feature_mean)


def test_copies_stay_with_their_utterance_where_utterances_are_dealt(emodb: EmoDB) -> None:
    datamodule = module(emodb, "stratified", augment=Augmentation(["noise"]))
    for fold in range(3):
        datamodule.at_fold(fold).setup()
        sides = [originals(datamodule, side) for side in SIDES]
        assert sum(map(len, sides)) == len(set.union(*sides)) == len(datamodule.folds.utterances)


def test_copies_are_trained_on_and_never_judged(emodb: EmoDB) -> None:
    datamodule = module(emodb, augment=Augmentation(["noise"]))
    copies = {s: sum("noise" in name for name in names(datamodule, s)) for s in SIDES}
    assert copies == {"train": 14, "validation": 0, "test": 0}


def test_voices_are_trained_on_beside_their_utterance_and_never_judged(emodb: EmoDB) -> None:
    datamodule = module(emodb, augment=Augmentation(list(VOICES)))
    views = {side: {row.view for row in datamodule.fold_data.rows(side)} for side in SIDES}
    assert views == {
        "train": {"original", *VOICES},
        "validation": {"original"},
        "test": {"original"},
    }
    assert len(names(datamodule, "train")) == 14 * 7


def test_voices_of_another_tempo_have_frames_of_their_own(emodb: EmoDB) -> None:
    datamodule = module(emodb, augment=Augmentation(["slower"]))
    lengths = datamodule.folds.prepared.features.starts.diff().view(2, -1)
    assert (lengths[1] > lengths[0]).all()


def test_copies_are_tested_where_the_protocol_says_so(emodb: EmoDB) -> None:
    datamodule = module(emodb, augment=Augmentation(["noise"]), protocol=Protocol(test_copies=True))
    tested = names(datamodule, "test")
    assert sorted(tested)[:2] == ["03a01Aa", "03a01Aa (noise)"]
    assert len(tested) == 28


def test_dealing_rows_trains_on_copies_of_test_utterances(emodb: EmoDB) -> None:
    rows = Protocol(unit="row")
    datamodule = module(emodb, "stratified", augment=Augmentation(["noise"]), protocol=rows)
    assert originals(datamodule, "train") & originals(datamodule, "test")


def test_dealing_rows_deals_every_row_once(emodb: EmoDB) -> None:
    rows = Protocol(unit="row")
    datamodule = module(emodb, "stratified", augment=Augmentation(["noise"]), protocol=rows)
    ids = [name for side in SIDES for name in names(datamodule, side)]
    assert sorted(ids) == sorted(str(row) for row in datamodule.folds.rows)


def frames_of(datamodule: CorpusDataModule, rows: Iterable[int]) -> Any:
    """Frames of some rows, straight from the front end."""
    waves = [
        soundfile.read(datamodule.folds.rows[i].utterance.path, dtype="float32")[0] for i in rows
    ]
    return np.concatenate([mfcc()(torch.from_numpy(w)[None])[0].T.numpy() for w in waves])


@pytest.mark.parametrize("scaler", ["train", "all"])
def test_scaler_is_fitted_on_the_side_that_the_protocol_names(scaler: str, emodb: EmoDB) -> None:
    datamodule = module(emodb, protocol=Protocol(scaler=scaler))
    rows = (
        datamodule.fold_data.fold.train if scaler == "train" else range(len(datamodule.folds.rows))
    )
    frames = frames_of(datamodule, rows).astype(np.float64)
    np.testing.assert_allclose(datamodule.feature_mean, frames.mean(0), rtol=1e-4, atol=1e-3)
    np.testing.assert_allclose(datamodule.feature_std, frames.std(0), rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("side", ["test", "validation"])
def test_scaler_knows_nothing_of_the_audio_that_judges(
    side: str, emodb: EmoDB, tmp_path: Path
) -> None:
    shutil.copytree(emodb.root, tmp_path / "other")
    before = module(emodb)
    for name in names(before, side):
        path = tmp_path / "other" / "wav" / f"{name}.wav"
        soundfile.write(path, np.random.default_rng(1).uniform(-1, 1, 4000), RATE)
    after = module(EmoDB(tmp_path / "other"), cache=tmp_path / "cache")
    assert (
        not torch.equal(
            after.fold_data.prepared.features.values[:40],
            before.fold_data.prepared.features.values[:40],
        )
        or side != "test"
    )
    assert torch.equal(after.feature_mean, before.feature_mean)
    assert torch.equal(after.feature_std, before.feature_std)


def test_without_a_scaler_features_stay_as_they_are(emodb: EmoDB) -> None:
    datamodule = module(emodb, protocol=Protocol(scaler="none"))
    assert (datamodule.feature_mean == 0).all()
    assert (datamodule.feature_std == 1).all()


def test_batch_of_sequences_is_channels_by_frames(emodb: EmoDB) -> None:
    datamodule = module(emodb, batch_size=4)
    batch = next(iter(datamodule.train_dataloader()))
    assert batch.features.shape == (4, datamodule.num_features, int(batch.lengths.max()))
    assert batch.lengths.shape == batch.target.shape == (4,)


def test_batch_of_vectors_is_items_by_features(emodb: EmoDB) -> None:
    datamodule = module(emodb, front_end=UtteranceStatistics.emodb(), batch_size=4)
    batch = next(iter(datamodule.train_dataloader()))
    assert batch.features.shape == (4, datamodule.num_features)
    assert datamodule.num_frames == 1


def test_frames_are_those_of_the_longest_utterance(emodb: EmoDB) -> None:
    longest = max(soundfile.info(u.path).frames for u in emodb.utterances())
    assert module(emodb).num_frames == 1 + longest // 256


def test_targets_are_positions_in_the_labels(emodb: EmoDB) -> None:
    datamodule = module(emodb)
    spoken = [datamodule.folds.rows[i].emotion for i in datamodule.fold_data.fold.test]
    found = [datamodule.labels[i] for i in targets(datamodule.test_dataloader())]
    assert found == spoken


def test_features_of_a_test_batch_belong_to_its_utterances(emodb: EmoDB) -> None:
    datamodule = module(emodb)
    batch = next(iter(datamodule.test_dataloader()))
    row = 5
    expected = frames_of(datamodule, [datamodule.fold_data.fold.test[row]]).T
    own = batch.features[row, :, : batch.lengths[row]]
    np.testing.assert_allclose(own, expected, atol=1e-3, rtol=1e-4)


def test_no_validation_side_gives_no_validation_batches(emodb: EmoDB) -> None:
    datamodule = module(emodb, protocol=Protocol(validation=False))
    assert datamodule.val_dataloader() == []
    assert len(datamodule.fold_data.fold.train) == 28


def test_number_of_folds_is_that_of_the_speakers(emodb: EmoDB) -> None:
    assert module(emodb).num_folds == 3


def test_fold_that_does_not_exist_fails_in_setup(emodb: EmoDB) -> None:
    with pytest.raises(FoldError, match="fold=3 does not exist"):
        module(emodb, fold=3)


def test_incomplete_corpus_fails_in_setup(emodb: EmoDB) -> None:
    with pytest.raises(CorpusError, match="not EmoDB as published"):
        EmoDBDataModule(emodb.root).setup()


def test_emodb_comes_with_the_182_numbers_of_the_command_line(emodb: EmoDB) -> None:
    assert EmoDBDataModule(emodb.root, verify=False).num_features == 182


@given(size=st.integers(1, 60), batch_size=st.integers(1, 70), epoch=st.integers(0, 5))
def test_batches_of_an_epoch_hold_every_item_once(size: int, batch_size: int, epoch: int) -> None:
    batches = EpochBatches(size, batch_size, seed=0)
    batches.set_epoch(epoch)
    found = list(batches)
    assert sorted(chain(*found)) == list(range(size))
    assert len(found) == len(batches)
    assert 1 in (size, batch_size) or all(len(batch) > 1 for batch in found)


def order(seed: int | None, epoch: int) -> list[list[int]]:
    batches = EpochBatches(30, 4, seed)
    batches.set_epoch(epoch)
    return list(batches)


def test_order_of_an_epoch_does_not_depend_on_the_epochs_before_it() -> None:
    batches = EpochBatches(30, 4, seed=1)
    for epoch in range(3):
        batches.set_epoch(epoch)
        torch.rand(epoch + 1)
        list(batches)
    batches.set_epoch(3)
    assert list(batches) == order(1, 3)


def test_order_changes_with_seed_and_with_epoch() -> None:
    orders = [order(seed, epoch) for seed, epoch in ((0, 0), (0, 1), (1, 0), (1, 1))]
    assert all(a != b for i, a in enumerate(orders) for b in orders[:i])


def test_without_a_seed_items_keep_their_order() -> None:
    assert list(chain(*order(None, 3))) == list(range(30))


class Recorder(BoringModel):
    """Note the targets of each epoch."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: dict[int, list[int]] = {}

    def training_step(self, batch: Batch, batch_idx: int) -> Tensor:
        self.seen.setdefault(self.current_epoch, []).extend(batch.target.tolist())
        return self.layer.weight.sum()

    def validation_step(self, *_: Any) -> None:
        """Do nothing."""


def test_trainer_shuffles_every_epoch_anew_and_as_the_seed_says(emodb: EmoDB) -> None:
    datamodule, model = module(emodb, batch_size=4, seed=7), Recorder()
    Trainer(
        max_epochs=2,
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    ).fit(model, datamodule=datamodule)
    trained = datamodule.fold_data.prepared.targets[
        torch.from_numpy(datamodule.fold_data.fold.train)
    ]
    for epoch in range(2):
        batches = EpochBatches(14, 4, seed=7)
        batches.set_epoch(epoch)
        assert model.seen[epoch] == trained[list(chain(*batches))].tolist()


class Watch(BoringModel):
    """Keeps the batches that a trainer hands over."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Batch] = []

    def training_step(self, batch: Any, batch_idx: int) -> Any:
        self.seen.append(Batch(*batch))
        return {"loss": self.layer.weight.sum()}

    def validation_step(self, batch: Any, batch_idx: int) -> None:
        self.seen.append(Batch(*batch))


def watched(corpus: EmoDB, stage: str, front_end: FrontEnd | None = None, **options: Any) -> Any:
    """Batches that reach a network in training or in validation."""
    datamodule = module(corpus, front_end=front_end, **options)
    network = Watch()
    trainer = Trainer(
        max_epochs=1,
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        limit_val_batches=0 if stage == "fit" else None,
    )
    getattr(trainer, stage)(network, datamodule=datamodule)
    return network.seen


ONLINE = [
    Augmentation(waveform=[TimeStretch(0.8, 0.9), Noise(0, 10), Gain(-6, -3)]),
    Augmentation(spec_augment=SpecAugment(2, 5, 2, 3)),
    Augmentation(mixup=Mixup(1.0)),
]


@pytest.mark.parametrize("augment", ONLINE, ids=["waveform", "specaugment", "mixup"])
@pytest.mark.parametrize("front_end", [mfcc(), UtteranceStatistics(RATE)], ids=["mfcc", "vector"])
def test_training_is_augmented_and_the_same_seed_augments_alike(
    emodb: EmoDB, augment: Augmentation, front_end: FrontEnd
) -> None:
    plain = watched(emodb, "fit", front_end)[0]
    first, again, other = (
        watched(emodb, "fit", front_end, augment=augment, seed=seed)[0] for seed in (0, 0, 1)
    )
    assert torch.isfinite(first.features).all()
    assert not torch.equal(first.features, plain.features)
    assert torch.equal(first.features, again.features)
    assert not torch.equal(first.features, other.features)


@pytest.mark.parametrize("augment", ONLINE, ids=["waveform", "specaugment", "mixup"])
def test_validation_and_scaler_see_no_augmentation(emodb: EmoDB, augment: Augmentation) -> None:
    plain, changed = (watched(emodb, "validate", augment=a)[0] for a in (None, augment))
    assert torch.equal(plain.features, changed.features)
    means = [module(emodb, augment=a).feature_mean for a in (None, augment)]
    assert torch.equal(*means)


def test_features_of_changed_waveforms_are_those_of_the_front_end(emodb: EmoDB) -> None:
    louder = Augmentation(waveform=[Gain(6.0, 6.0)])
    front_end = mfcc()
    plain, changed = (watched(emodb, "fit", front_end, augment=a)[0] for a in (None, louder))
    difference = (changed.features - plain.features)[:, 0].amax(1)
    expected = 6.0 * 20**0.5  # dB; the first coefficient is the sum of 20 bands, orthonormal
    torch.testing.assert_close(difference, torch.full_like(difference, expected), atol=0.01, rtol=0)


def test_copies_and_changed_waveforms_exclude_each_other() -> None:
    with pytest.raises(ConfigError, match="exclude each other"):
        Augmentation(["noise"], waveform=[Gain()])


def test_an_unknown_copy_is_refused_by_name() -> None:
    with pytest.raises(ConfigError, match=r"'echo' is unknown; choose one of noise, stretch"):
        Augmentation(["echo"])


def test_shuffled_labels_are_a_permutation_that_copies_share(emodb: EmoDB) -> None:
    plain = module(emodb)
    shuffled = module(emodb, augment=Augmentation(["noise"]), shuffle_labels=True)
    emotions = [u.emotion for u in shuffled.folds.utterances]
    assert sorted(emotions) == sorted(u.emotion for u in plain.folds.utterances)
    assert emotions != [u.emotion for u in plain.folds.utterances]
    assert [row.emotion for row in shuffled.folds.rows] == emotions * 2
    assert emotions == [u.emotion for u in module(emodb, shuffle_labels=True).folds.utterances]


def test_batches_padded_to_the_corpus_have_equal_shapes_and_the_same_signal(emodb):
    batchwise, corpuswise = (module(emodb, pad_to=to, batch_size=4) for to in ("batch", "corpus"))
    frames = {batch.features.shape[2] for batch in corpuswise.train_dataloader()}
    assert frames == {corpuswise.num_frames}
    for short, long in zip(
        batchwise.train_dataloader(), corpuswise.train_dataloader(), strict=True
    ):
        kept = short.features.shape[2]
        assert torch.equal(short.features, long.features[..., :kept])
        assert not long.features[..., kept:].any()
        assert torch.equal(short.lengths, long.lengths)


def test_a_padding_that_is_none_is_refused_with_those_there_are(emodb):
    with pytest.raises(ConfigError, match="pad_to='epoch' is unknown; choose one of batch, few"):
        module(emodb, pad_to="epoch")


@pytest.mark.parametrize("there", [True, False])
def test_batches_are_pinned_for_a_cuda_device_that_is_there(emodb, monkeypatch, there):
    datamodule = module(emodb)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: there)
    assert datamodule.train_dataloader().pin_memory is there


def test_numbers_of_numpy_and_torch_are_taken_for_pythons_own(emodb):
    data = module(emodb, fold=torch.tensor(1), batch_size=np.int64(4), seed=torch.tensor(3))
    assert data.place == (1, None)
    assert (data.loading.batch_size, data.loading.seed, data.folds.seed) == (4, 3, 3)
    assert type(data.loading.seed) is int


@pytest.mark.parametrize("size", ["batch_size", "eval_batch_size"])
def test_a_batch_holds_something(emodb, size):
    with pytest.raises(ConfigError, match=f"{size}=0 must be 1 or more"):
        module(emodb, **{size: 0})


def test_each_fold_is_dealt_and_compared_once(
    emodb: EmoDB, monkeypatch: pytest.MonkeyPatch
) -> None:
    dealt, compared = [], []
    deal, compare = Regime.fold, dealing.overlaps_of
    monkeypatch.setattr(Regime, "fold", lambda *given: dealt.append(given[2]) or deal(*given))
    monkeypatch.setattr(
        dealing,
        "overlaps_of",
        lambda fold, *more: compared.append(fold) or compare(fold, *more),
    )
    folds = module(emodb).folds
    assert len(folds.dealt) == len(folds.shared) == folds.num_folds == 3
    assert folds.fold(1).fold is folds.dealt[1]
    assert (sorted(dealt), len(compared)) == ([0, 1, 2], 3)

"""Batches of like length hold every utterance once, are mixed anew, and are padded less."""

from __future__ import annotations

from itertools import chain

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ser.corpora import EmoDB
from ser.data import EmoDBDataModule
from ser.data.batches import EpochBatches, Loading, loader
from ser.features import LogMel, UtteranceStatistics

LENGTHS = np.random.default_rng(0).gamma(6, 20, 400).astype(np.int64)


def batches(seed: int = 0, epoch: int = 0, **settings: np.ndarray) -> list[list[int]]:
    dealt = EpochBatches(len(LENGTHS), 16, seed, **{"lengths": LENGTHS, **settings})
    dealt.set_epoch(epoch)
    return list(dealt)


def padded(dealt: list[list[int]]) -> float:
    """Frames of an epoch, in frames that are not padding."""
    frames = sum(len(batch) * LENGTHS[batch].max() for batch in dealt)
    return float(frames / LENGTHS[list(chain(*dealt))].sum())


@given(size=st.integers(1, 150), batch_size=st.integers(1, 40), epoch=st.integers(0, 3))
def test_every_utterance_comes_once_an_epoch(size: int, batch_size: int, epoch: int) -> None:
    plain = EpochBatches(size, batch_size, seed=0)
    grouped = EpochBatches(size, batch_size, seed=0, lengths=LENGTHS[:size])
    grouped.set_epoch(epoch)
    found = list(grouped)
    assert sorted(chain(*found)) == list(range(size))
    assert sorted(map(len, found)) == sorted(map(len, plain))


def test_half_of_the_padding_is_gone_and_more() -> None:
    plain = EpochBatches(len(LENGTHS), 16, seed=0)
    assert padded(batches()) - 1 < 0.5 * (padded(list(plain)) - 1)


def test_epochs_and_seeds_mix_them_anew_and_repeat_them() -> None:
    assert batches(1, 2) == batches(1, 2)
    dealt = [{frozenset(batch) for batch in batches(*of)} for of in ((0, 0), (0, 1), (1, 0))]
    assert not dealt[0] & dealt[1]
    assert not dealt[0] & dealt[2]


def test_short_and_long_batches_follow_each_other_at_random() -> None:
    means = np.array([[LENGTHS[b].mean() for b in batches(epoch=epoch)] for epoch in range(50)])
    first, last = means[:, 0], means[:, -1]
    assert abs(first.mean() - last.mean()) < 0.5 * means.std()
    assert np.mean(np.diff(means, axis=1) > 0) == pytest.approx(0.5, abs=0.05)


def test_balanced_emotions_stay_balanced() -> None:
    groups = (np.arange(len(LENGTHS)) % 10 == 0).astype(np.int64)
    drawn = np.concatenate(batches(groups=groups))
    assert np.mean(groups[drawn]) == pytest.approx(0.5, abs=0.01)
    assert padded(batches(groups=groups)) < 1.5


def test_training_batches_alone_are_grouped_where_there_are_frames(emodb: EmoDB) -> None:
    for front_end, grouped in ((LogMel(), True), (UtteranceStatistics(), False)):
        data = EmoDBDataModule(
            emodb.root, front_end, cv="kfold", batch_size=4, group_by_length=True, verify=False
        )
        data.setup()
        fold, prepared = data.fold_data.fold, data.fold_data.prepared
        train = loader(prepared, fold.train, data.loading, train=True)
        assert (getattr(train.sampler, "lengths", None) is not None) == grouped
        test = loader(prepared, fold.test, data.loading)
        assert getattr(test.sampler, "lengths", None) is None
        assert Loading() != data.loading

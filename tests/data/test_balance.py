"""Balanced training batches: groups come alike often, from the training side, by seed and epoch."""

from collections import Counter

import numpy as np
import pytest

from ser.data import CorpusDataModule
from ser.data.balance import balanced_order
from ser.data.batches import Loading
from ser.errors import ConfigError
from ser.features import UtteranceStatistics

GROUPS = np.repeat([0, 1, 2], [2, 9, 40])


def test_every_group_comes_alike_often_to_within_one():
    for epoch in range(5):
        counts = np.bincount(GROUPS[balanced_order(GROUPS, (0, epoch))])
        assert counts.sum() == len(GROUPS)
        assert counts.max() - counts.min() <= 1


def test_within_a_group_no_item_comes_twice_more_often_than_another():
    drawn = np.bincount(balanced_order(GROUPS, (0, 3)), minlength=len(GROUPS))
    for group in range(3):
        within = drawn[group == GROUPS]
        assert within.max() - within.min() <= 1


def test_the_order_depends_on_seed_and_epoch_alone():
    first, again = (balanced_order(GROUPS, (4, 2)).tolist() for _ in range(2))
    others = [balanced_order(GROUPS, seed).tolist() for seed in ((4, 3), (5, 2))]
    assert first == again
    assert first not in others


@pytest.fixture(scope="module")
def data(emodb):
    front_end = UtteranceStatistics(16_000, parts=["rms"])
    module = CorpusDataModule(
        emodb, front_end, "kfold", balance="emotion_speaker", batch_size=8, verify=False
    )
    module.setup()
    return module


def rows_of(data, epoch):
    loader = data.train_dataloader()
    loader.sampler.set_epoch(epoch)
    side = data.fold_data.rows("train")
    return [side[i] for batch in loader.sampler for i in batch]


def test_each_emotion_of_each_speaker_is_trained_on_alike_often(data):
    side = data.fold_data.rows("train")
    assert len(set(Counter((row.emotion, row.speaker) for row in side).values())) > 1
    drawn = Counter((row.emotion, row.speaker) for row in rows_of(data, 1))
    assert drawn.keys() == {(row.emotion, row.speaker) for row in side}
    assert max(drawn.values()) - min(drawn.values()) <= 1


def test_other_sides_keep_their_rows(data):
    for loader, side in ((data.val_dataloader(), "validation"), (data.test_dataloader(), "test")):
        assert sum(len(batch.target) for batch in loader) == len(data.fold_data.rows(side))


def test_another_balance_is_refused():
    with pytest.raises(ConfigError, match="balance='speaker' is unknown"):
        Loading(balance="speaker")

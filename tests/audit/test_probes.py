"""Probes: neighbours are the true ones, and copies of tested rows in training are betrayed."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import KFold
from sklearn.neighbors import NearestNeighbors

from ser.audit import probes
from ser.audit.probes import Neighbours, neighbours, shuffled, uar, vectors
from ser.features.collected import Features

RECORDINGS, COPIES, CLASSES = 80, 4, 4
quick = settings(max_examples=25, deadline=None, derandomize=True)


@pytest.fixture(scope="module")
def table() -> tuple[torch.Tensor, npt.NDArray[np.intp], npt.NDArray[np.int64]]:
    """80 recordings with three noisy copies each, one block of rows a view as in the datamodule."""
    draw = np.random.default_rng(0)
    recordings = np.tile(np.arange(RECORDINGS), COPIES)
    originals = draw.standard_normal((RECORDINGS, 30))
    noise = 0.2 * draw.standard_normal((len(recordings), 30))
    noise[:RECORDINGS] = 0
    targets = draw.permutation(np.arange(RECORDINGS) % CLASSES)[recordings]
    return torch.from_numpy(originals[recordings] + noise).float(), recordings, targets


def by_rows(table, unit: str) -> Neighbours:
    """Deal rows, or whole recordings, to ten folds, and find the neighbours of each."""
    values, recordings, _ = table
    items = np.arange(len(values)) if unit == "row" else np.arange(RECORDINGS)
    parts = []
    for rest, held in KFold(10, shuffle=True, random_state=0).split(items):
        sides = [rest, held]
        if unit == "recording":
            sides = [np.flatnonzero(np.isin(recordings, side)) for side in sides]
        parts.append(neighbours(values, sides[1], sides[0], sides[0]))
    return Neighbours.join(parts)


def test_dealing_rows_is_betrayed_by_both_probes(table) -> None:
    found = by_rows(table, "row")
    outcome = shuffled(found, table[2], table[1])
    assert found.close().mean() > 0.9
    assert outcome.leaks
    assert outcome.mean > 0.9
    assert outcome.copies > 0.9 * len(found.rows)


def test_dealing_recordings_is_acquitted_by_both_probes(table) -> None:
    found = by_rows(table, "recording")
    outcome = shuffled(found, table[2], table[1])
    assert found.close().mean() < 0.01
    assert not outcome.leaks
    assert outcome.copies == 0
    assert outcome.mean == pytest.approx(outcome.chance, abs=0.02)


def test_one_planted_duplicate_in_eighty_raises_shuffled_labels(table) -> None:
    values = table[0][:RECORDINGS].clone()
    values[1] = values[0]
    parts = [neighbours(values, held, rest, rest) for rest, held in KFold(RECORDINGS).split(values)]
    found = Neighbours.join(parts)
    names = np.arange(RECORDINGS)
    names[1] = 0  # known by its content to be the same recording
    outcome = shuffled(found, table[2][:RECORDINGS], names, permutations=500)
    assert sorted(found.rows[found.close()]) == [0, 1]
    assert outcome.leaks
    assert outcome.copies == 2
    assert outcome.mean - outcome.chance == pytest.approx(
        2 / RECORDINGS * (1 - outcome.chance), abs=0.01
    )


@pytest.mark.parametrize("tested", [10, 40])
def test_a_part_that_is_tested_alone_is_acquitted(table, tested: int) -> None:
    values, recordings = table[0][:RECORDINGS], np.arange(RECORDINGS)
    found = neighbours(values, recordings[:tested], recordings[tested:], recordings[tested:])
    outcome = shuffled(found, table[2][:RECORDINGS], recordings, permutations=20_000)
    assert not outcome.leaks
    assert outcome.mean == pytest.approx(outcome.chance, abs=5 * outcome.error)


@quick
@given(st.integers(0, 2**31), st.integers(12, 40), st.integers(1, 12))
def test_neighbours_are_those_of_scikit_learn(seed: int, size: int, queries: int) -> None:
    draw = np.random.default_rng(seed)
    values = draw.standard_normal((size + queries, 5))
    rows, among = np.arange(size, size + queries), np.arange(size)
    found = neighbours(torch.from_numpy(values), rows, among, among)
    scaled = (values - values[among].mean(0)) / values[among].std(0)
    tree = NearestNeighbors(n_neighbors=10).fit(scaled[among])
    distance, nearest = tree.kneighbors(scaled[rows])
    assert found.nearest.tolist() == nearest[:, 0].tolist()
    assert found.ratio == pytest.approx(distance[:, 0] / distance[:, 9], rel=1e-6)


def test_many_rows_are_searched_in_parts_with_the_same_result(table, monkeypatch) -> None:
    rows = np.arange(60)
    arguments = (table[0], rows, np.arange(60, 320), np.arange(320))
    whole = neighbours(*arguments)
    monkeypatch.setattr(probes, "BUDGET", 1000)
    parts = neighbours(*arguments)
    assert np.array_equal(whole.nearest, parts.nearest)
    assert whole.ratio == pytest.approx(parts.ratio)
    assert np.array_equal(parts.rows, rows)


def test_row_is_not_its_own_neighbour(table) -> None:
    everything = np.arange(RECORDINGS)
    found = neighbours(table[0], everything, everything, everything)
    assert not np.any(found.nearest == everything)
    assert found.ratio.min() > 0.35


def test_exact_copy_is_at_no_distance(table) -> None:
    values = torch.cat([table[0][:RECORDINGS], table[0][:1]])
    found = neighbours(values, np.array([RECORDINGS]), np.arange(RECORDINGS), np.arange(RECORDINGS))
    assert (found.nearest[0], found.ratio[0]) == (0, 0.0)


def test_feature_that_never_changes_does_not_count(table) -> None:
    values = table[0].clone()
    values[:, 3] = 7.0
    found = neighbours(values, np.arange(5), np.arange(5, 60), np.arange(60))
    assert np.isfinite(found.ratio).all()


@pytest.mark.filterwarnings("ignore:y_pred contains classes", "ignore:A single label")
@quick
@given(st.data())
def test_uar_is_balanced_accuracy(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 30))
    labels = st.lists(st.integers(0, 4), min_size=size, max_size=size)
    truth = np.array(data.draw(labels))
    prediction = np.array(data.draw(labels))
    assert uar(truth, prediction) == pytest.approx(balanced_accuracy_score(truth, prediction))


def test_sequences_are_told_by_mean_and_deviation_of_their_own_frames() -> None:
    frames = torch.arange(10.0).reshape(5, 2)
    features = Features(frames, torch.tensor([0, 2, 5]), 3, sequence=True)
    assert vectors(features).tolist() == [
        [1.0, 2.0, 1.0, 1.0],
        [6.0, 7.0, pytest.approx((8 / 3) ** 0.5), pytest.approx((8 / 3) ** 0.5)],
    ]


def test_vectors_are_taken_as_they_are() -> None:
    features = Features(torch.eye(3), torch.arange(4), 1, sequence=False)
    assert torch.equal(vectors(features), torch.eye(3))

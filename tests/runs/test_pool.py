"""A pool counts every utterance as often as its regime tests it, or it has no figure."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from ser.errors import DamageError, RunError
from ser.runs.cell import Cell
from ser.runs.checked import read_predictions
from ser.runs.contents import Contents, corpus_table
from ser.runs.pool import misfits
from ser.runs.reading import find_runs
from ser.runs.record import finish, open_run

IDS = ("a", "b", "c", "d")


def predictions(ids, fold, seed=0, view="original"):
    known = {"id": list(ids), "view": view, "speaker": "1", "fold": fold, "seed": seed}
    shares = {"truth": "x", "prediction": "x", "p_x": 0.75, "p_y": 0.25}
    return pd.DataFrame({**known, **shares})


@pytest.fixture
def write(tmp_path):
    """Give a function that writes a run with some ids in each of its two folds."""

    def write(*folds, cv="kfold", tested=None):
        run = tmp_path / "emodb" / "cnn1d" / cv
        config = {"cv": {"name": cv}}
        contents = None
        if tested is not None:
            table = pd.DataFrame({"tested": tested.values()}, index=pd.Index(tested, name="id"))
            contents = Contents(table, ("x", "y"), "0", {}, lambda *_: (), 0)
        for fold, ids in enumerate(folds):
            open_run(run, config, contents)
            finish(Cell(run, fold), predictions(ids, fold), {"seconds": 1.0, "folds": 2})
        return run

    return write


def test_a_pool_that_tests_each_utterance_once_counts(write):
    run = write("ab", "cd", tested=dict.fromkeys(IDS, "1"))
    assert sorted(read_predictions(run)["id"]) == list(IDS)


@pytest.mark.parametrize("tested", [None, dict.fromkeys(IDS, "1")])
def test_an_utterance_that_two_folds_test_is_named(write, tested):
    run = write("ab", "bc", tested=tested)
    with pytest.raises(RunError, match=r"1 row of seed 0 is tested too often \(b: 2 times\)"):
        read_predictions(run)
    (found,) = find_runs([run])
    with pytest.raises(RunError, match="has no figure"):
        _ = found.predictions


def test_an_utterance_that_no_fold_tests_shows_once_all_folds_are_there(write):
    tested = dict.fromkeys(IDS, "1")
    assert len(read_predictions(write("ab", tested=tested))) == 2
    with pytest.raises(RunError, match=r"1 row of seed 0 is tested too seldom \(d: 0 times\)"):
        read_predictions(write("ab", "c", tested=tested))


def test_a_list_of_folds_may_test_an_utterance_often_or_never(write):
    run = write("ab", "bc", cv="predefined", tested={"a": "1", "b": "2", "c": "1", "d": "0"})
    assert len(read_predictions(run)) == 4


def test_a_list_of_folds_does_not_test_more_than_it_says(write):
    run = write("ab", "bd", cv="predefined", tested={"a": "1", "b": "2", "c": "1", "d": "0"})
    with pytest.raises(RunError, match=r"too often \(d: 1 times\).*too seldom \(c: 0 times\)"):
        read_predictions(run)


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: text.replace("c,1", "c,²"),
        lambda text: text.replace("c,1", "c,-1"),
        lambda text: text.replace("c,1", "e,1"),
    ],
    ids=["cut", "no number", "less than none", "another utterance"],
)
def test_a_damaged_table_of_the_corpus_is_named_and_not_believed(write, damage):
    run = write("ab", "cd", tested=dict.fromkeys(IDS, "1"))
    (run / "corpus.csv").write_text(damage((run / "corpus.csv").read_text()))
    with pytest.raises(DamageError, match=r"corpus\.csv was edited, .* start ser\.train again"):
        read_predictions(run)


def test_an_utterance_of_another_corpus_is_tested_too_often(write):
    with pytest.raises(RunError, match=r"tested too often \(z: 1 times\)"):
        read_predictions(write("abz", "cd", tested=dict.fromkeys(IDS, "1")))


def test_a_row_twice_in_a_fold_is_too_often_whatever_the_regime():
    table = predictions("aab", 0)
    assert misfits(table) == ["1 row of seed 0 is tested too often (a: 2 times)"]


def test_seeds_and_views_are_pools_of_their_own():
    tables = [predictions("ab", 0, seed, view) for seed in (0, 1) for view in ("original", "noise")]
    assert misfits(pd.concat(tables), {"a": 1, "b": 1}, 1) == []
    assert misfits(pd.concat(tables[1:]), {"a": 1, "b": 1, "c": 1}, 1) == [
        "1 row of seed 0 is tested too seldom (c: 0 times)",
        "2 rows of seed 1 are tested too seldom (c: 0 times, c: 0 times)",
    ]


def test_kept_evidence_has_pools_that_its_regimes_give():
    for run in find_runs([Path(__file__).parents[2] / "results"]):
        assert len(run.predictions)


def test_the_table_of_a_corpus_says_what_is_known_of_an_utterance(emodb):
    utterances = emodb.utterances()
    hashes = {u.id: "0" * 64 for u in utterances}
    table = corpus_table(utterances, hashes, {utterances[0].id: 2})
    first = table.iloc[0]
    assert (first["emotion"], first["speaker"], first["sentence"]) == ("fear", "03", "a01")
    assert (first["session"], first["start"], first["tested"]) == ("", "0.0", "2")
    assert set(table["tested"][1:]) == {""}

"""Figures against scikit-learn, and what happens to an emotion that a fold lacks."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score, recall_score

from ser.errors import RunError
from ser.evaluation.confusions import class_set, confusion, confusions_by
from ser.evaluation.figures import (
    class_recalls,
    figures,
    figures_by,
    scores,
    spread,
    summarise,
)

PAIRS = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd")), min_size=1)


@pytest.fixture
def predictions():
    rng = np.random.default_rng(0)
    truth = rng.choice(list("abc"), 90)
    guess = np.where(rng.random(90) < 0.6, truth, rng.choice(list("abc"), 90))
    return pd.DataFrame({"fold": np.arange(90) % 3, "seed": 0, "truth": truth, "prediction": guess})


def named(found, names):
    return {name: found[name] for name in names}


def test_figures_equal_scikit_learn(predictions):
    truth, guess = predictions["truth"], predictions["prediction"]
    expected = {
        "uar": recall_score(truth, guess, average="macro"),
        "accuracy": accuracy_score(truth, guess),
        "weighted_f1": f1_score(truth, guess, average="weighted"),
        "macro_f1": f1_score(truth, guess, average="macro"),
    }
    assert named(figures(list(truth), list(guess)), expected) == pytest.approx(expected, abs=1e-12)


def test_a_false_alarm_for_an_absent_emotion_costs_only_the_recall_it_was_taken_from():
    assert figures(["a", "a", "b", "b"], ["a", "c", "b", "b"])["uar"] == pytest.approx(0.75)


def test_the_summary_has_mean_and_sample_deviation_over_folds(predictions):
    summary = summarise(predictions)
    each = [accuracy_score(f["truth"], f["prediction"]) for _, f in predictions.groupby("fold")]
    assert summary["mean"]["accuracy"] == pytest.approx(np.mean(each), abs=1e-12)
    assert summary["sd"]["accuracy"] == pytest.approx(np.std(each, ddof=1), abs=1e-12)
    whole = accuracy_score(predictions["truth"], predictions["prediction"])
    assert summary["pooled"]["accuracy"] == pytest.approx(whole, abs=1e-12)


def test_rows_of_the_confusion_matrix_are_the_truth():
    table = pd.DataFrame({"truth": ["a", "a", "b"], "prediction": ["b", "b", "b"]})
    assert confusion(table, ["a", "b", "c"]).tolist() == [[0, 2, 0], [0, 1, 0], [0, 0, 0]]


def table(pairs, **columns):
    truth, guess = zip(*pairs, strict=True)
    return pd.DataFrame({"truth": truth, "prediction": guess, **columns})


@settings(deadline=None)
@given(PAIRS)
def test_figures_equal_scikit_learn_over_the_emotions_that_occur(pairs):
    truth, guess = zip(*pairs, strict=True)
    present = {"labels": sorted(set(truth)), "average": "macro", "zero_division": 0}
    expected = {
        "uar": recall_score(truth, guess, **present),
        "accuracy": accuracy_score(truth, guess),
        "weighted_f1": f1_score(truth, guess, average="weighted", zero_division=0),
        "macro_f1": f1_score(truth, guess, **present),
    }
    assert named(figures(truth, guess), expected) == pytest.approx(expected, abs=1e-12)


@settings(deadline=None)
@given(st.lists(PAIRS, min_size=2, max_size=4))
def test_a_stack_of_matrices_has_the_figures_of_each(parts):
    stack = np.stack([confusion(table(pairs), "abcd") for pairs in parts])
    found = pd.DataFrame(scores(stack)).to_dict("records")
    assert found == [
        pytest.approx(figures(*zip(*pairs, strict=True)), abs=1e-12, nan_ok=True) for pairs in parts
    ]


def test_a_matrix_without_counts_has_no_figures():
    assert all(np.isnan(value) for value in scores(np.zeros((2, 2))).values())


def test_recalls_equal_scikit_learn_and_an_absent_emotion_has_none():
    pairs = table([("a", "a"), ("a", "c"), ("b", "b"), ("d", "a")])
    expected = recall_score(
        pairs["truth"], pairs["prediction"], labels=list("abcd"), average=None, zero_division=np.nan
    )
    recalls = class_recalls(pairs, ["a", "b", "c", "d"])
    np.testing.assert_allclose(recalls, expected, atol=1e-12)
    assert recalls[recalls.isna()].index.tolist() == ["c"]


def test_the_class_set_is_that_of_the_corpus_and_not_of_the_part():
    part = table([("b", "b"), ("a", "b")]).assign(p_c=0.0, p_b=1.0, p_a=0.0)
    assert class_set(part) == ["c", "b", "a"]
    assert class_set(part.drop(columns=["p_a", "p_b", "p_c"])) == ["a", "b"]


def test_a_speaker_that_lacks_an_emotion_is_marked_and_its_mean_is_over_the_others():
    pairs = [("a", "a"), ("b", "b"), ("c", "a"), ("a", "a"), ("c", "b"), ("c", "c")]
    parts = table(pairs, speaker=["03"] * 3 + ["08"] * 3).assign(p_a=0, p_b=0, p_c=0)
    found = figures_by(parts, "speaker")
    assert found["absent"].to_dict() == {"03": "", "08": "b"}
    assert found["predictions"].tolist() == [3, 3]
    assert found["uar"].to_dict() == pytest.approx({"03": 2 / 3, "08": 3 / 4})


def test_figures_by_fold_are_those_of_the_summary(predictions):
    expected = [predictions[predictions["fold"] == fold] for fold in range(3)]
    found = figures_by(predictions, "fold").drop(columns=["predictions", "absent"])
    assert found.to_dict("records") == [
        pytest.approx(figures(part["truth"], part["prediction"])) for part in expected
    ]


def test_confusion_matrices_of_the_parts_add_up_to_that_of_the_whole(predictions):
    keys, parts = confusions_by(predictions, ["fold", "seed"], ["c", "a", "b"])
    assert keys.tolist() == [(0, 0), (1, 0), (2, 0)]
    np.testing.assert_array_equal(parts.sum(0), confusion(predictions, ["c", "a", "b"]))


def test_the_spread_tells_folds_from_seeds():
    # Accuracies by hand. Seed 0: folds 1/2 and 1, pooled 3/4. Seed 1: folds 0 and 1/2, pooled 1/4.
    right = [1, 0, 1, 1, 0, 0, 1, 0]
    pairs = [("a", "a" if hit else "b") for hit in right]
    runs = table(pairs, fold=[0, 0, 1, 1] * 2, seed=[0] * 4 + [1] * 4)
    expected = {
        "pooled": 0.5,
        "fold_mean": 0.5,
        "fold_sd": np.sqrt(1 / 8),
        "seed_mean": 0.5,
        "seed_sd": np.sqrt(1 / 8),
    }
    assert spread(runs).loc["accuracy"].to_dict() == pytest.approx(expected)


def test_one_seed_has_no_deviation_over_seeds(predictions):
    found = spread(predictions)
    assert found["seed_sd"].isna().all()
    assert found["fold_sd"].to_dict() == pytest.approx(summarise(predictions)["sd"])
    assert found["fold_mean"].to_dict() == pytest.approx(summarise(predictions)["mean"])


def test_an_emotion_outside_the_class_set_is_refused_by_name():
    with pytest.raises(RunError, match="prediction holds 'joy'"):
        confusion(table([("a", "a"), ("a", "joy")]), ["a", "b"])


def test_a_prediction_without_speaker_is_refused():
    with pytest.raises(RunError, match="speaker is empty"):
        figures_by(table([("a", "a"), ("b", "a")], speaker=["03", None]), "speaker")

"""Figures against scikit-learn, and what happens to an emotion that a fold lacks."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score, f1_score, recall_score

from ser.metrics import confusion, figures, summarise


@pytest.fixture
def predictions():
    rng = np.random.default_rng(0)
    truth = rng.choice(list("abc"), 90)
    guess = np.where(rng.random(90) < 0.6, truth, rng.choice(list("abc"), 90))
    return pd.DataFrame({"fold": np.arange(90) % 3, "seed": 0, "truth": truth, "prediction": guess})


def test_figures_equal_scikit_learn(predictions):
    truth, guess = predictions["truth"], predictions["prediction"]
    expected = {
        "uar": recall_score(truth, guess, average="macro"),
        "accuracy": accuracy_score(truth, guess),
        "weighted_f1": f1_score(truth, guess, average="weighted"),
        "macro_f1": f1_score(truth, guess, average="macro"),
    }
    assert figures(list(truth), list(guess)) == pytest.approx(expected, abs=1e-12)


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

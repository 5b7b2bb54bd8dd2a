"""Stamps, calibration, confusions and comparisons of runs."""

import json

import numpy as np
import pandas as pd
import pytest
import torch
from marking import mark_again
from torchmetrics.functional.classification import multiclass_calibration_error

from ser.augment import Augmentation
from ser.corpora import Synthetic
from ser.data.corpus_folds import CorpusFolds
from ser.evaluation.calibration import reliability
from ser.evaluation.design import fitted_utterances
from ser.evaluation.findings import findings_of
from ser.evaluation.groups import comparable
from ser.evaluation.mistakes import mistakes, worst_confusions
from ser.evaluation.ranking import ordered
from ser.evaluation.stamps import declared, protocol_of
from ser.features import LogMel
from ser.report.sheets.comparisons import comparison
from ser.report.sheets.overview import overview
from ser.runs.reading import find_runs
from ser.training.messages import stamp_on
from tests.report.conftest import SPEAKERS


@pytest.fixture
def find(write_run):
    """Write a run and find out everything about it."""
    return lambda *words, **changes: findings_of(find_runs([write_run(*words, **changes)])[0])


def table(shares, truth, **columns):
    labels = [f"c{i}" for i in range(shares.shape[1])]
    guess = [labels[i] for i in shares.argmax(1)]
    rows = {"id": [f"u{i}" for i in range(len(shares))], "view": "original", "speaker": "s"}
    rows |= {"fold": 0, "seed": 0, "truth": [labels[i] for i in truth], "prediction": guess}
    whole = pd.DataFrame({**rows, **columns})
    return whole.join(pd.DataFrame(shares, columns=[f"p_{label}" for label in labels]))


def test_the_calibration_error_equals_torchmetrics():
    rng = np.random.default_rng(0)
    shares, truth = rng.dirichlet(np.ones(4), 300), rng.integers(0, 4, 300)
    expected = multiclass_calibration_error(
        torch.tensor(shares), torch.tensor(truth), num_classes=4, n_bins=15, norm="l1"
    )
    assert reliability(table(shares, truth)).error == pytest.approx(float(expected), abs=1e-6)


def test_the_calibration_error_of_four_predictions_by_hand():
    shares = np.array([[0.9, 0.1], [0.9, 0.1], [0.6, 0.4], [0.4, 0.6]])
    bins = reliability(table(shares, [0, 1, 0, 1]), bins=2)
    assert bins.count.tolist() == [0, 4]
    assert bins.error == pytest.approx(0.75 - 0.75)
    assert reliability(table(shares, [0, 1, 0, 1]), bins=10).error == pytest.approx(
        (2 * abs(0.9 - 0.5) + 2 * abs(0.6 - 1.0)) / 4
    )


def test_confusions_are_ordered_by_count_and_name_the_surest_utterances_first():
    shares = np.array([[0.1, 0.9, 0], [0.2, 0.8, 0], [0.3, 0, 0.7], [0, 1, 0], [0.4, 0.6, 0]])
    found = worst_confusions(table(shares, [0, 0, 0, 1, 0]), shown=2)
    assert found["count"].tolist() == [3, 1]
    assert found.loc[0, "share"] == pytest.approx(0.75)
    assert found.loc[0, "utterances"] == ["u0", "u1"]


def test_errors_name_view_and_seed_where_there_are_several():
    shares = np.array([[0.1, 0.9], [0.2, 0.8]])
    found = mistakes(table(shares, [0, 0], view=["original", "noise"], seed=[0, 1]))
    assert found["utterance"].tolist() == ["u0 (seed 0)", "u1#noise (seed 1)"]
    assert found["p_truth"].tolist() == [0.1, 0.2]


def test_a_speaker_regime_and_a_random_one_are_told_apart_by_their_folds(find):
    assert find("emodb/cnn1d/speaker").stamp.shared is False
    assert find("emodb/cnn1d/stratified").stamp.shared is True


@pytest.mark.parametrize("cv", ["speaker", "stratified", "session"])
def test_without_folds_json_the_regime_and_the_test_sides_tell(write_run, cv):
    run = write_run(f"emodb/cnn1d/{cv}")
    for path in run.glob("fold-*/seed-*/folds.json"):
        path.unlink()
    assert findings_of(find_runs([mark_again(run)])[0]).stamp.shared is (cv != "speaker")


def test_a_predefined_list_is_not_vouched_for_without_folds_json(write_run):
    run = write_run("emodb/cnn1d/predefined")
    for path in run.glob("fold-*/seed-*/folds.json"):
        path.unlink()
    assert findings_of(find_runs([run])[0]).stamp.shared is None


def test_copies_in_training_are_seen_whatever_the_protocol_calls_itself(write_run):
    run = write_run()
    path = run / "fold-00" / "seed-0" / "folds.json"
    sides = json.loads(path.read_text())
    name, _, *rest = sides["test"][0]
    sides["train"].append([name, "noise", *rest])
    path.write_text(json.dumps(sides))
    facts = path.with_name("environment.json")
    facts.write_text(json.dumps({**json.loads(facts.read_text()), "train": len(sides["train"])}))
    stamp = findings_of(find_runs([mark_again(run)])[0]).stamp
    assert stamp.short == "honest (LEAKS)"
    assert "folds.json has 2 % of tested utterances, or copies, in training" in stamp.leaks


@pytest.mark.parametrize("cv", ["speaker", "stratified"])
def test_one_finished_fold_tells_whether_speakers_are_shared(write_run, cv):
    run = write_run(f"emodb/cnn1d/{cv}", missing=[1, 2, 3])
    found = findings_of(find_runs([run])[0])
    assert found.stamp.shared is (cv != "speaker")
    assert set(found.design["speaker"]) == set(SPEAKERS)


@pytest.mark.parametrize("leaks", [True, False])
def test_a_training_and_a_report_stamp_a_run_alike(write_run, leaks):
    run = find_runs([write_run(protocol="published" if leaks else "honest")])[0]
    augment = Augmentation(copies=run.identity["augment.copies"])
    options = {"protocol": protocol_of(run), "augment": augment}
    folds = CorpusFolds(Synthetic(), LogMel(), "speaker", **options)
    folds.shared = [[]]
    assert bool(declared(run).alarms) is leaks
    assert stamp_on(folds).notes[1:] == declared(run).alarms


def test_shuffled_labels_and_a_leaking_protocol_are_in_the_stamp(find):
    stamp = find("emodb/cnn1d/speaker", protocol="published", shuffle_labels=True).stamp
    assert stamp.short == "published (LEAKS), SHUFFLED LABELS"
    assert [note.split(":")[0] for note in stamp.alarms] == [
        "SHUFFLED LABELS",
        "LEAKING PROTOCOL, the figures are too high",
    ]


def test_runs_on_the_same_folds_are_compared_and_others_are_not(find):
    same = [find("emodb/cnn1d/speaker", skill=0.9), find("emodb/lstm/speaker", skill=0.1)]
    other = find("emodb/resnet/stratified")
    sheet = [comparison(group) for group in comparable([*same, other])]
    assert len(sheet) == 1
    assert [value.text for value in sheet[0].rows[0][:2]] == ["cnn1d", "lstm"]
    difference = same[0].pooled["uar"] - same[1].pooled["uar"]
    assert sheet[0].rows[0][4].order == pytest.approx(difference, abs=1e-12)


def test_a_run_that_lacks_a_fold_is_not_compared(find):
    whole, part = find("emodb/cnn1d/speaker"), find("emodb/lstm/speaker", missing=[2])
    assert comparable([whole, part]) == []


@pytest.mark.parametrize("listed", [True, False], ids=["folds.json", "counts alone"])
def test_utterances_fitted_on_are_counted_without_copies_and_what_only_judged(find, listed):
    found = find("emodb/cnn1d/stratified")
    design = found.design if listed else found.design[found.design["side"] == "test"]
    assert fitted_utterances(found.run, design) == dict.fromkeys(range(4), 30)
    found.run.facts[0, 0]["refit"] = "on the whole training side"
    del found.run.facts[1, 0]["epochs"]  # as those of an estimator, which is fitted anew
    assert fitted_utterances(found.run, design) == {0: 45, 1: 45, 2: 30, 3: 30}


def test_a_ranking_by_a_figure_is_best_first_and_says_what_it_is(find):
    runs = [find("emodb/lstm/speaker", skill=0.1), find("emodb/resnet/speaker", skill=0.9)]
    assert [f.run.name.model for f in ordered(runs, "uar")] == ["resnet", "lstm"]
    assert overview(ordered(runs, "uar"), "uar").notes[0].startswith("SELECTED ON TEST")
    assert not any("SELECTED" in note for note in overview(ordered(runs)).notes)

"""What is kept of a run says all that a reader must know, and joins what was kept before."""

from __future__ import annotations

from pathlib import Path

import pytest

from reproduce.keep import keep
from ser.errors import RunError
from ser.evaluation.figures import summarise
from ser.runs.checked import read_predictions
from ser.runs.files import read_json, write_json, write_text
from ser.runs.layout import CONFIG, FIGURES, IDENTITY, ROBUSTNESS
from ser.runs.predictions import to_csv
from ser.runs.robustness import read_answers
from tests.reproduce.evidence import predictions, write_robustness, write_run


def test_what_is_kept_says_that_it_leaks_and_holds_nothing_of_a_run_before(tmp_path):
    run = write_run(tmp_path / "runs/mine", predictions(1), **{"protocol.scaler": "all"})
    write_text(run / CONFIG, "# lost where it is read\noutput: /elsewhere\ndata: {}\n")
    kept = tmp_path / "kept/mine"
    write_text(kept / "validation.csv", "id\n")
    keep(tmp_path / "runs", tmp_path / "kept")
    alarm, *settings = (kept / CONFIG).read_text().splitlines()
    assert alarm.startswith("# LEAKING PROTOCOL, the figures are too high: ")
    assert settings[:2] == ["output: runs", "data:"]
    assert not (kept / "validation.csv").exists()


@pytest.fixture
def seed_by_seed(tmp_path):
    """Keep seed 0 of a run, then seeds 1 and 2 of it; gives the folder of the evidence."""

    def trained(machine: str, seeds: tuple[int, ...], wrong: int) -> Path:
        run = write_run(tmp_path / machine / "mine", predictions(wrong, seeds))
        write_json(run / FIGURES, {"run": "mine", "notes": [f"Trained on the {machine}."]})
        write_robustness(run, predictions(wrong, seeds))
        return run

    trained("laptop", (0,), 2)
    trained("cluster", (1, 2), 1)
    for machine in ("laptop", "cluster"):
        keep(tmp_path / machine, tmp_path / "kept")
    return tmp_path / "kept/mine"


def test_seeds_that_are_trained_later_join_those_that_were_kept(seed_by_seed):
    table = read_predictions(seed_by_seed)
    assert table.groupby("seed")["fold"].nunique().to_dict() == {0: 2, 1: 2, 2: 2}
    first, others = table[table["seed"] == 0], table[table["seed"] > 0]
    assert to_csv(first) == to_csv(predictions(2))
    assert to_csv(others) == to_csv(predictions(1, (1, 2)))


def test_figures_of_seeds_that_joined_are_those_of_all(seed_by_seed):
    known = read_json(seed_by_seed / FIGURES)
    assert known["pooled"] == summarise(read_predictions(seed_by_seed))["pooled"]
    assert list(known["folds"]) == [f"fold-0{f}/seed-{s}" for f in (0, 1) for s in (0, 1, 2)]
    assert known["notes"] == ["Trained on the cluster."]


def test_answers_to_other_recordings_join_as_well(seed_by_seed):
    table = read_predictions(seed_by_seed)
    answers = read_answers(seed_by_seed, table)
    assert len(answers) == 3 * len(table)
    assert answers["seed"].unique().tolist() == [0, 1, 2]


def test_answers_of_some_seeds_alone_are_not_kept(seed_by_seed, tmp_path):
    run = write_run(tmp_path / "later/mine", predictions(1, (3,)))
    write_json(run / FIGURES, {"run": "mine", "notes": []})
    keep(tmp_path / "later", tmp_path / "kept")
    assert read_predictions(seed_by_seed)["seed"].nunique() == 4
    assert not (seed_by_seed / ROBUSTNESS).exists()


def test_a_fold_that_is_trained_anew_takes_the_place_of_the_one_before(seed_by_seed, tmp_path):
    run = write_run(tmp_path / "again/mine", predictions(0, (1,)))
    write_json(run / FIGURES, {"run": "mine", "notes": []})
    keep(tmp_path / "again", tmp_path / "kept")
    table = read_predictions(seed_by_seed)
    assert to_csv(table[table["seed"] == 1]) == to_csv(predictions(0, (1,)))
    assert to_csv(table[table["seed"] == 2]) == to_csv(predictions(1, (2,)))


def test_answers_that_were_asked_for_later_are_kept(tmp_path):
    run = write_run(tmp_path / "runs/mine", predictions(1))
    keep(tmp_path / "runs", tmp_path / "kept")
    write_robustness(run, predictions(1))
    keep(tmp_path / "runs", tmp_path / "kept")
    kept = tmp_path / "kept/mine"
    assert read_answers(kept, read_predictions(kept)) is not None


def test_seeds_join_evidence_that_is_older_than_a_setting(seed_by_seed, tmp_path):
    later = {"data.group_by_length": False}  # as all runs were, before one could choose
    run = write_run(tmp_path / "later/mine", predictions(1, (3,)), **later)
    write_json(run / FIGURES, {"run": "mine", "notes": []})
    keep(tmp_path / "later", tmp_path / "kept")
    assert sorted(read_predictions(seed_by_seed)["seed"].unique()) == [0, 1, 2, 3]


def test_a_run_that_tests_an_utterance_twice_is_refused_and_what_was_kept_stays(
    seed_by_seed, tmp_path
):
    before = (seed_by_seed / "predictions.csv").read_bytes()
    twice = predictions(1, (0,)).replace({"id": {"10": "00"}})
    write_run(tmp_path / "twice/mine", twice)
    with pytest.raises(RunError, match=r"has no figure: .*00"):
        keep(tmp_path / "twice", tmp_path / "kept")
    assert (seed_by_seed / "predictions.csv").read_bytes() == before
    assert read_predictions(seed_by_seed)["seed"].nunique() == 3


def test_a_run_without_a_finished_fold_is_refused_and_what_was_kept_stays(seed_by_seed, tmp_path):
    write_json(tmp_path / "begun/mine" / FIGURES, {})
    write_json(tmp_path / "begun/mine" / IDENTITY, {"cv.name": "speaker"})
    with pytest.raises(RunError, match="no finished fold in"):
        keep(tmp_path / "begun", tmp_path / "kept")
    assert read_predictions(seed_by_seed)["seed"].nunique() == 3


def test_nothing_of_another_configuration_stays(seed_by_seed, tmp_path):
    write_run(tmp_path / "other/mine", predictions(0), early_stopping=7)
    keep(tmp_path / "other", tmp_path / "kept")
    assert to_csv(read_predictions(seed_by_seed)) == to_csv(predictions(0))
    assert not (seed_by_seed / ROBUSTNESS).exists()

"""``python -m ser.rerun``: a run again from its folder, and how far apart the two are."""

import json
import shutil

import pandas as pd
import pytest
from omegaconf import OmegaConf

import ser
from ser.data import CorpusDataModule
from ser.errors import ConfigError, RunError
from ser.evaluation.repetition import repetition
from ser.features import UtteranceStatistics
from ser.rerun import main, read_words
from ser.runs.checked import read_predictions
from ser.system.stopping import StoppedError
from ser.training.classical import ClassicalLearner
from ser.training.experiment import composed
from ser.training.rerunning import cells_of, configuration, rerun

MLFLOW = {"_target_": "ser.training.tracking.MLflow", "uri": "b"}


@pytest.fixture(scope="module")
def run(start_in, tmp_path_factory):
    """Give a run of two folds of three, of a support vector machine."""
    output = tmp_path_factory.mktemp("runs")
    start_in(output, "model=svm", "fold=0")
    return start_in(output, "model=svm", "fold=2")


def ended(*words):
    with pytest.raises(SystemExit) as end:
        main([str(word) for word in words])
    return end.value.code


def test_a_whole_run_repeats_to_equal_predictions(run, tmp_path, capfd):
    assert ended(run, f"output={tmp_path}") == 0
    assert "Equal: 28 predictions" in capfd.readouterr().out


def test_one_fold_repeats_with_two_epochs_of_a_network(start, tmp_path):
    made = start("fold=1", "model=cnn1d", "trainer.max_epochs=2")
    found = rerun(made / "fold-01/seed-0", tmp_path / "again", {})
    assert (found.equal, found.answers) == (True, 14)


def test_what_differs_is_said_with_share_distance_and_figures(run, tmp_path, capfd):
    copy = tmp_path / "emodb/svm/kfold"
    shutil.copytree(run, copy)
    cell = copy / "fold-00/seed-0"
    (cell / "done").write_text(
        json.dumps({"config": json.loads((cell / "done").read_text())["config"]})
    )
    table = pd.read_csv(cell / "predictions.csv", dtype={"id": str, "speaker": str})
    labels = [column for column in table if column.startswith("p_")]
    table.loc[0, labels] = [1.0, *[0.0] * (len(labels) - 1)]
    table.loc[0, "prediction"] = labels[0][2:]
    table.to_csv(cell / "predictions.csv", index=False, float_format="%.6f")
    facts = json.loads((cell / "environment.json").read_text())
    facts["versions"]["torch"] = "1.0"
    (cell / "environment.json").write_text(json.dumps(facts))
    assert ended(cell, f"output={tmp_path / 'again'}") == 1
    said = " ".join(capfd.readouterr().out.split())
    assert "note: torch 1.0 there" in said
    assert "Different: 13 of 14 answers" in said or "Different: 14 of 14 answers" in said
    assert "UAR" in said


def test_a_corpus_that_lies_elsewhere_is_found_and_another_corpus_is_said(
    run, emodb, tmp_path, capfd
):
    moved = tmp_path / "moved"
    shutil.copytree(emodb.root, moved)
    assert ended(run, "fold=0", f"data.root={moved}", f"output={tmp_path / 'a'}") == 0
    next((moved / "wav").glob("*.wav")).unlink()
    assert ended(run, "fold=0", f"data.root={moved}", f"output={tmp_path / 'b'}") == 2
    caught = capfd.readouterr()
    assert "1 utterance is not listed any more" in caught.out
    assert "do not have the same predictions" in caught.err


def test_a_run_of_the_call_repeats_as_one_of_the_command(emodb, tmp_path):
    data = CorpusDataModule(emodb, UtteranceStatistics(n_mels=16), "speaker", verify=False)
    made = ser.cross_validate(data, "svm", folds=0, output=tmp_path / "runs")
    assert rerun(made.folder, tmp_path / "again", {}).equal


def test_a_run_that_was_stopped_half_way_repeats_what_it_has(start, tmp_path, monkeypatch):
    fit = ClassicalLearner.fit

    def stop_in_the_second_fold(self, fold_data, cell):
        if cell.fold == 1:
            raise StoppedError(143)
        return fit(self, fold_data, cell)

    with monkeypatch.context() as patch:
        patch.setattr(ClassicalLearner, "fit", stop_in_the_second_fold)
        with pytest.raises(StoppedError):
            start("model=svm")
    stopped = next((tmp_path / "runs").rglob("identity.json")).parent
    found = rerun(stopped, tmp_path / "again", {})
    assert (found.equal, found.answers) == (True, 14)


def test_a_run_that_lost_its_configuration_says_what_writes_it(run, tmp_path):
    copy = shutil.copytree(run, tmp_path / "emodb/svm/kfold")
    (copy / "config.yaml").unlink()
    with pytest.raises(RunError, match=r"has no config\.yaml, .* start ser\.train again"):
        rerun(copy, tmp_path / "again", {})


@pytest.mark.parametrize(
    ("word", "place", "subtracted"),
    [
        ("model=cnn", "model", True),
        ("model=cnn2d", "model", False),
        ("model=cnn2d_lstm", "model", False),
        ("model=lstm", "model", False),
        ("model=resnet", "model", False),
        ("model=resnet50", "model", False),
        ("model=fusion", "model.parts.frames.model", True),
    ],
)
def test_a_network_of_before_means_were_a_choice_repeats_as_it_was(
    tmp_path, word, place, subtracted
):
    key, cfg = f"{place}.subtract_mean", composed([word, "data=synthetic"])
    cfg = OmegaConf.masked_copy(cfg, [name for name in cfg if name != "hydra"])
    OmegaConf.save(cfg, tmp_path / "config.yaml")
    assert OmegaConf.select(configuration(tmp_path, tmp_path, {}), key) == "both"
    del OmegaConf.select(cfg, place)["subtract_mean"]
    OmegaConf.save(cfg, tmp_path / "config.yaml")
    assert OmegaConf.select(configuration(tmp_path, tmp_path, {}), key) is subtracted


def test_a_run_with_a_damaged_fold_is_not_called_equal(run, tmp_path):
    copy = shutil.copytree(run, tmp_path / "emodb/svm/kfold")
    (copy / "fold-02/seed-0/predictions.csv").write_text("")
    with pytest.raises(RunError, match=r"fold-02/seed-0/predictions\.csv.*pass fold=NUMBER"):
        cells_of(copy)
    assert [cell.fold for cell in cells_of(copy, "0")] == [0]


def test_a_value_that_cannot_be_read_is_named(run, tmp_path):
    with pytest.raises(ConfigError, match=r"features\.device=\[ cannot be read"):
        configuration(run, tmp_path, {"features.device": "["})


def test_a_repetition_overwrites_nothing(run, tmp_path):
    rerun(run, tmp_path, {"fold": "0"})
    with pytest.raises(RunError, match="begins anew"):
        rerun(run, tmp_path, {"fold": "0"})
    with pytest.raises(RunError, match="begins anew"):
        rerun(run, run.parents[3], {"fold": "0"})


def test_the_loggers_of_a_run_are_not_those_of_its_repetition(run, tmp_path):
    copy = tmp_path / "kept"
    copy.mkdir()
    cfg = OmegaConf.load(run / "config.yaml")
    for logger in (MLFLOW, {"mlflow": MLFLOW}):
        cfg.logger = logger
        OmegaConf.save(cfg, copy / "config.yaml")
        assert configuration(copy, tmp_path, {}).logger == composed([]).logger


def test_one_of_several_corpora_is_moved_by_its_name(run, tmp_path):
    _, _, changes = read_words([str(run), "data.mine.root=there"])
    assert changes == {"data.corpora.mine.root": "there"}
    with pytest.raises(ConfigError, match="the run has no corpus mine of several"):
        configuration(run, tmp_path, changes)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "0 folders are named"),
        (["a", "b"], "2 folders are named"),
        (["a", "model.C=3"], "model.C= would make another run"),
        (["a", "outptu=b"], "did you mean 'output'"),
    ],
)
def test_words_that_do_not_fit_are_refused(words, sentence):
    with pytest.raises(ConfigError, match=sentence):
        read_words(words)


def test_a_folder_without_a_run_ends_in_one_sentence(tmp_path, capfd):
    assert ended(tmp_path) == 2
    assert capfd.readouterr().err.startswith("error: ")


def test_a_table_is_equal_to_itself_and_its_farthest_probability_is_found(run):
    table = read_predictions(run)
    assert repetition(table, table.sample(frac=1, random_state=0)).equal
    moved = table.assign(p_anger=table["p_anger"] + (table["id"] == table["id"][3]) * 0.25)
    found = repetition(table, moved)
    assert (found.same, round(found.farthest, 6)) == (len(table), 0.25)
    assert table["id"][3] in found.where


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nothing", "does not exist; name the folder of a run, as runs/emodb"),
        ("nothing/fold-00/seed-0", "does not exist; name the folder of a run"),
        ("predictions.csv", "is a file; name the folder of a run"),
        ("empty", "is no folder of a run; name the folder of a run"),
    ],
)
def test_what_is_no_run_is_said_to_be_none(name, said, tmp_path, capfd):
    (tmp_path / "empty").mkdir()
    (tmp_path / "predictions.csv").touch()
    assert ended(tmp_path / name) == 2
    assert f"error: {tmp_path / name} {said}" in capfd.readouterr().err


def test_a_run_that_lost_its_identity_is_damaged_and_still_a_run(run, tmp_path, capfd):
    copy = shutil.copytree(run, tmp_path / "run")
    (copy / "identity.json").unlink()
    assert ended(copy) == 2
    assert "identity.json is missing" in capfd.readouterr().err

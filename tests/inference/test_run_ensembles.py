"""Several models as one: their probabilities averaged, and what is doubtful of one said of all."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from saving import save
from sklearn.svm import SVC

import ser
from ser.errors import AudioError, RunError
from ser.features import LogMel, UtteranceStatistics
from ser.inference.ensemble import averaged, merged
from ser.inference.loading import model_files
from ser.inference.naming import described
from ser.inference.origin import Origin
from ser.models import CNN1D, CNN2D
from ser.models.estimator import EstimatorModel, to_content
from ser.predict import main

RATE = 16_000
LABELS = ["anger", "calm", "joy"]


def network(kind, front_end, seed=0, labels=LABELS):
    torch.manual_seed(seed)
    found = kind(len(labels), front_end.num_features)
    found.front_end, found.labels = front_end.spec(), list(labels)
    return found


def machine(front_end, seed=0):
    draw = np.random.default_rng(seed)
    vectors = draw.normal(size=(30, front_end.num_features))
    fitted = SVC(kernel="linear").fit(vectors, np.arange(30) % 3)
    scale = {"mean": torch.zeros(vectors.shape[1]), "std": torch.full(vectors.shape[1:], 100.0)}
    return EstimatorModel(fitted, LABELS, front_end.spec(), **scale)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Model files of two networks of one front end, one of another, and two estimators."""
    folder = tmp_path_factory.mktemp("models")
    vectors = UtteranceStatistics()
    save(network(CNN1D, vectors), folder / "a.ckpt")
    save(network(CNN1D, vectors, 1, LABELS[::-1]), folder / "b.ckpt")
    save(network(CNN2D, LogMel()), folder / "c.ckpt")
    torch.save(to_content(machine(vectors)), folder / "d.ckpt")
    torch.save(to_content(machine(vectors, 1)), folder / "e.ckpt")
    return {name: folder / f"{name}.ckpt" for name in "abcde"}


@pytest.mark.parametrize("names", ["ab", "ac", "ad", "cd", "de", "abcd"])
def test_probabilities_are_the_mean_of_those_of_the_models(files, names, speech):
    paths = [files[name] for name in names]
    whole = ser.load(paths)
    alone = [ser.load(path)(speech, RATE).probabilities for path in paths]
    expected = {label: np.mean([each[label] for each in alone]) for label in LABELS}
    assert whole(speech, RATE).probabilities == pytest.approx(expected, abs=1e-5)
    batch = [(speech, RATE), (speech[: RATE // 2], RATE)]
    assert whole.batch(batch)[0].probabilities == pytest.approx(expected, abs=1e-5)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@pytest.mark.parametrize("names", ["ab", "ad", "cd", "de"])
def test_answers_on_a_gpu_are_those_on_a_cpu(files, names, speech):
    whole = ser.load([files[name] for name in names])
    expected = whole(speech, RATE).probabilities
    found = whole.to("cuda")(speech, RATE).probabilities
    assert found == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("names", ["ac", "ca", "cd"])
def test_what_one_of_the_models_cannot_hear_is_refused(files, names, speech):
    whole = ser.load([files[name] for name in names])
    with pytest.raises(AudioError, match=r"lasts 0\.006 s, and .* reads windows of"):
        whole(speech[:100], RATE)


def test_features_that_models_share_are_computed_once(files, speech, monkeypatch):
    whole = ser.load([files["a"], files["b"], files["d"]])
    calls = []
    extract = UtteranceStatistics.extract
    monkeypatch.setattr(
        UtteranceStatistics, "extract", lambda *args: calls.append(1) or extract(*args)
    )
    whole(speech, RATE)
    assert len(calls) == 1


def test_a_run_folder_is_an_ensemble_of_its_folds(files, tmp_path, sound, capsys):
    run = tmp_path / "emodb/cnn1d/trainer.max_epochs=2 müde"
    for fold, name in enumerate("ab"):
        (run / f"fold-{fold:02d}/seed-0").mkdir(parents=True)
        (run / f"fold-{fold:02d}/seed-0/model.ckpt").write_bytes(files[name].read_bytes())
    expected = ser.load([files["a"], files["b"]])(str(sound)).probabilities
    assert ser.load(run)(str(sound)).probabilities == expected
    main([f"checkpoint={run}", f"input={sound}"])
    said = capsys.readouterr().out
    assert said.startswith(
        f"An ensemble of 2 models, whose probabilities are averaged: 2 folds of {run}"
    )
    assert "judge nothing of that corpus" in said
    one = run / "fold-00/seed-0"
    assert ser.load(one)(str(sound)).probabilities == ser.load(files["a"])(str(sound)).probabilities


def test_models_in_brackets_or_of_a_pattern_are_named(files, sound, capsys):
    folder = files["a"].parent
    main([f"checkpoint=[{files['a']},{files['c']}]", f"input={sound}"])
    first = capsys.readouterr().out
    assert first.startswith(described([files["a"], files["c"]]))
    main([f"checkpoint={folder}/[ac].ckpt", f"input={sound}"])
    assert capsys.readouterr().out == first


def test_models_of_other_emotions_are_not_averaged(files, tmp_path):
    save(network(CNN1D, UtteranceStatistics(), labels=["a", "b", "c"]), tmp_path / "x.ckpt")
    with pytest.raises(RunError, match="only models of the same emotions can be averaged"):
        ser.load([files["a"], tmp_path / "x.ckpt"])


def test_models_of_other_rates_are_not_averaged(files, tmp_path):
    save(network(CNN1D, UtteranceStatistics(22_050)), tmp_path / "x.ckpt")
    with pytest.raises(RunError, match="read 16000 and 22050 Hz, and only models of one rate"):
        ser.load([files["a"], tmp_path / "x.ckpt"])


def test_no_model_is_refused():
    with pytest.raises(RunError, match="no model file is named"):
        ser.load([])


def test_what_is_doubtful_of_one_model_is_said_of_all(files):
    origin = {"corpus": "EmoDB", "leaks": "", "heard": {"level": (-30.0, -20.0)}}
    other = {"corpus": "EmoDB", "leaks": "copies", "heard": {"level": (-28.0, -10.0)}}
    other |= {"shuffled": True, "protocol": "published"}
    found = merged([origin, other])
    assert found["corpus"] == "EmoDB"
    assert found["protocol"] == ""
    assert found["leaks"] == "copies"
    assert found["shuffled"]
    assert found["heard"] == {"level": (-30.0, -10.0)}
    assert "a leaking protocol, so that" in Origin.read(found).alarms[1]


def test_models_that_are_scaled_by_other_groups_are_not_averaged():
    alone, speaker = {"corpus": "EmoDB"}, {"corpus": "EmoDB", "transductive": True}
    corpus = {**speaker, "scaler": "corpus"}
    for pair, says in (
        ([alone, speaker], "normalise=none and some with normalise=speaker"),
        ([speaker, corpus], "normalise=speaker and some with normalise=corpus"),
    ):
        with pytest.raises(RunError, match=says):
            merged(pair)
    with pytest.raises(RunError, match="judges recordings by all audio of their corpus"):
        Origin.read(merged([corpus, corpus])).check_alone()


def test_models_of_other_features_are_not_scaled_together():
    models = [network(CNN1D, UtteranceStatistics()), network(CNN2D, LogMel())]
    origins = [{"corpus": "EmoDB", "transductive": True}] * 2
    with pytest.raises(RunError, match="normalise=speaker on different features"):
        averaged(models, origins)


def test_an_ensemble_can_be_copied(files, speech):
    whole = ser.load([files["a"], files["d"]])
    assert copy.deepcopy(whole)(speech, RATE) == whole(speech, RATE)


def test_a_folder_above_runs_names_them(tmp_path):
    for run in ("emodb/lda/speaker", "emodb/mlp/kfold/epochs-3"):
        cell = tmp_path / "runs" / run / "fold-00" / "seed-0"
        cell.mkdir(parents=True)
        (cell / "model.ckpt").write_bytes(b"")
    runs = tmp_path / "runs"
    named = f"Name a run below it: {runs}/emodb/lda/speaker, {runs}/emodb/mlp/kfold/epochs-3"
    with pytest.raises(RunError, match=named):
        model_files(runs)
    (file,) = model_files(runs / "emodb/lda/speaker")
    assert file == runs / "emodb/lda/speaker/fold-00/seed-0/model.ckpt"

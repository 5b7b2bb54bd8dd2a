"""``ser.cross_validate``: the experiment of the command, with names or with objects."""

from inspect import signature
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC, SVR

import ser
from ser.augment import Augmentation, Mixup
from ser.corpora import EmoDB
from ser.data import CorpusDataModule, EmoDBDataModule
from ser.errors import ConfigError, FailedError, FoldError, LeakageError
from ser.features import UtteranceStatistics
from ser.folds import Regime, regime
from ser.models import CNN1D, MLP
from ser.training.classical import ClassicalLearner
from ser.training.experiment import Experiment, composed
from ser.training.parts import DEALT, LOADED

SMALL = {"cv.n_splits": 3, "trainer": "cpu"}


class Narrow(MLP):
    """A network of somebody else."""

    def __init__(self, num_classes, num_features, *, hidden_size=4, **more):
        super().__init__(num_classes, num_features, hidden_size=hidden_size, **more)


@pytest.fixture(scope="module")
def by_command(start_in, tmp_path_factory):
    """Give the run folder of the command, two epochs on each fold."""
    output = tmp_path_factory.mktemp("command")
    return start_in(output, "model=cnn1d", "trainer.max_epochs=2", "fold=0")


@pytest.fixture(scope="module")
def data(emodb):
    """Give a datamodule of the small corpus."""
    return EmoDBDataModule(emodb.root, cv=regime("kfold", 3), verify=False)


def test_two_epochs_of_the_call_and_of_the_command_give_the_same_predictions(by_command, data):
    result = ser.cross_validate(data, CNN1D, folds=0, max_epochs=2, settings={"trainer": "cpu"})
    pd.testing.assert_frame_equal(result.predictions, ser.CrossValidation(by_command).predictions)
    assert result.figures["uar"] == ser.CrossValidation(by_command).figures["uar"]


def test_names_find_the_run_that_the_command_made(by_command, emodb, capsys):
    settings = {"data.root": str(emodb.root), "data.verify": False, **SMALL}
    output = by_command.parents[3]
    before = (by_command / "fold-00/seed-0/done").stat().st_mtime_ns
    result = ser.cross_validate(
        "emodb", "cnn1d", "kfold", folds=0, max_epochs=2, settings=settings, output=output
    )
    assert result.folder == by_command
    assert (by_command / "fold-00/seed-0/done").stat().st_mtime_ns == before


def test_an_estimator_of_scikit_learn_is_cross_validated_and_reported(data, tmp_path):
    result = ser.cross_validate(data, make_pipeline(PCA(5), SVC()), folds=[0, 1, 2])
    assert len(result.predictions) == 42
    assert set(result.intervals) == {"utterance"}  # of three speakers there is none
    page = result.report(tmp_path)
    assert page.read_text("utf-8").count("pipeline") > 1
    assert "pooled" in str(result.summary)
    assert len(result.models) == 3
    assert str(result).startswith("Runs")
    assert "Speakers of the test are in training" in " ".join(str(result).split()) or result.notes


class Thirds:
    """A splitter that does not say what it is."""

    def get_n_splits(self, *_):
        return 3

    def split(self, rows, *_):
        turns = np.arange(len(rows)) % 3
        return ((np.flatnonzero(turns != i), np.flatnonzero(turns == i)) for i in range(3))


@pytest.mark.parametrize(
    ("model", "cv"),
    [
        (make_pipeline(SimpleImputer(), SVC()), None),  # it has a setting that is nan
        (SVC(), lambda: Regime("thirds", Thirds())),
    ],
)
def test_equal_objects_go_on_with_the_run_that_there_is(data, model, cv, tmp_path, monkeypatch):
    arguments = {"folds": [0], "output": tmp_path}
    first = ser.cross_validate(data, model, cv and cv(), **arguments)
    monkeypatch.setattr(ClassicalLearner, "fit", lambda *_: pytest.fail("trained again"))
    assert ser.cross_validate(data, model, cv and cv(), **arguments).folder == first.folder


def test_without_a_folder_nothing_is_left_once_the_result_is_gone(data):
    result = ser.cross_validate(data, SVC(), folds=0)
    folder = result.folder
    assert folder.is_dir()
    del result
    assert not folder.exists()


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (CNN1D, "cnn1d/kfold/splits-3"),
        (CNN1D(7, 182, learning_rate=1e-3), "cnn1d/kfold/lr-1e-3_splits-3"),
        (Narrow, "narrow/kfold/splits-3"),
        (Narrow(7, 182, hidden_size=5), "narrow/kfold/"),
        ("svm", "svm/kfold/splits-3"),
    ],
)
def test_a_run_is_named_by_what_is_trained(data, model, name):
    _, found = Experiment(data, model, words=("data.verify=true",)).configuration()
    assert found.as_posix().startswith(f"emodb/{name}")


def test_objects_say_in_the_configuration_what_they_are(emodb):
    augment, front_end = Augmentation(mixup=Mixup(0.3)), UtteranceStatistics(n_mels=32)
    options = {"augment": augment, "batch_size": 8, "duplicates": "drop"}
    data = CorpusDataModule(emodb, front_end, "speaker", **options)
    experiment = Experiment(data, CNN1D)
    cfg, _ = experiment.configuration()
    assert cfg.data == {
        "_target_": "ser.data.EmoDBDataModule",
        "root": str(emodb.root),
        "verify": True,
        "batch_size": 8,
        "balance": None,
        "group_by_length": False,
        "duplicates": "drop",
        "cache": None,
    }
    assert (cfg.features.n_mels, cfg.cv.name, cfg.augment.mixup.alpha) == (32, "speaker", 0.3)
    assert experiment.build_data(cfg).folds.duplicates == "drop"


def test_every_argument_of_a_datamodule_is_known():
    assert {*DEALT, *LOADED} == set(signature(CorpusDataModule).parameters)


@pytest.mark.parametrize("model", [LogisticRegression(), LogisticRegression])
def test_words_change_an_estimator_and_not_its_record_alone(data, model):
    def shares(model, **settings):
        found = ser.cross_validate(data, model, folds=0, settings=settings).predictions
        return found.filter(like="p_").to_numpy()

    changed = shares(model, **{"model.C": 1e-4})
    np.testing.assert_allclose(changed, shares(LogisticRegression(C=1e-4)), atol=1e-6)
    assert abs(changed - shares(model)).max() > 0.01
    if not isinstance(model, type):
        assert model.C == 1.0


def test_an_estimator_by_its_class_is_that_of_its_name(data):
    model = Experiment(data, LogisticRegression)
    learner = model.build_learner(model.configuration()[0], data)
    assert learner.estimator.get_params()["max_iter"] == composed(["model=linear"]).model.max_iter


@pytest.mark.parametrize(
    "word", ["data.emotions={joy: null}", "data.root=/elsewhere", "data=synthetic", "test_data=a"]
)
@pytest.mark.parametrize("built", ["module", "corpus"])
def test_words_cannot_change_a_corpus_that_is_built(data, word, built):
    given = data if built == "module" else data.folds.corpus
    with pytest.raises(ConfigError, match=rf"{word.split('=')[0]} cannot change a corpus that is"):
        ser.cross_validate(given, "lda", folds=0, settings=[word])


def test_a_table_is_a_corpus_as_on_a_command_line(tmp_path, emodb):
    lines = [f"{u.path},{u.emotion},{u.speaker}" for u in emodb.utterances()]
    table = tmp_path / "calls, all.csv"
    table.write_text("\n".join(["path,emotion,speaker", *lines]))
    result = ser.cross_validate(f"'{table}'", "lda", "kfold", folds=0, settings={"cv.n_splits": 3})
    assert len(result.predictions) == pytest.approx(len(lines) / 3, abs=1)
    with pytest.raises(ConfigError, match=f"data={tmp_path} is unknown"):
        ser.cross_validate(str(tmp_path), "lda", "kfold")


def test_what_is_asked_for_wins_over_the_datamodule(data):
    words = ("features.n_mels=16", "normalise=speaker")
    experiment = Experiment(data, "svm", cv="speaker", words=words)
    cfg, _ = experiment.configuration()
    built = experiment.build_data(cfg)
    assert (built.folds.regime.name, built.front_end.n_mels) == ("speaker", 16)
    assert built.folds.protocol.transductive


def test_a_regime_that_no_name_stands_for_is_used_as_it_is(emodb):
    cv = Regime("odd", KFold(2, shuffle=True, random_state=5))
    data = CorpusDataModule(emodb, UtteranceStatistics(), cv, verify=False)
    experiment = Experiment(data, "svm")
    cfg, name = experiment.configuration()
    assert experiment.build_data(cfg).folds.regime is cv
    assert name.as_posix() == "emodb/svm/odd"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"model": "cnn1"}, "did you mean 'cnn1d'"),
        ({"model": 3}, "neither a subclass"),
        ({"model": SVR()}, "SVR is no classifier of scikit-learn"),
        ({"model": make_pipeline(PCA(5), SVR())}, "Pipeline is no classifier"),
        ({"model": IsolationForest()}, "IsolationForest is no classifier"),
        ({"model": KMeans}, "KMeans is no classifier"),
        ({"model": CNN1D(8, 182)}, r"num_classes=8, and here it is 7 .*anger.*pass num_classes=7"),
        ({"model": CNN1D(7, 180)}, "num_features=180, and here it is 182 .*UtteranceStatistics"),
        ({"model": "svm", "data": 3}, "neither a corpus"),
        ({"model": "svm", "cv": "speakers"}, "did you mean 'speaker'"),
        ({"model": "svm", "settings": {"seed": 3}}, "argument of its own"),
        ({"model": "svm", "settings": ["trainer.devices=2"]}, "python -m ser.train"),
        ({"model": "svm", "settings": {"trainer.epochs": 3}}, "trainer.epochs is no setting"),
    ],
)
def test_what_cannot_be_is_refused_with_a_way_out(data, monkeypatch, arguments, sentence):
    monkeypatch.setattr("ser.data.CorpusDataModule.prepare_data", None)  # nothing is read for it
    with pytest.raises(ConfigError, match=sentence):
        ser.cross_validate(**{"data": data, **arguments})


class Noted(EmoDB):
    """A corpus of which there is something to know."""

    notes = ("Three of ten speakers are here.",)


def test_what_the_corpus_notes_is_said_once(emodb, capfd):
    data = CorpusDataModule(Noted(emodb.root), UtteranceStatistics(), "speaker", verify=False)
    ser.cross_validate(data, SVC(), folds=0, seed=(0, 1))
    assert capfd.readouterr().err.count("Three of ten speakers are here.") == 1


def test_a_fold_that_does_not_exist_is_refused(data):
    with pytest.raises(FoldError, match="fold=7 does not exist"):
        ser.cross_validate(data, SVC(), folds=7)


def test_a_class_within_a_function_is_refused(data):
    class Local(MLP):
        pass

    with pytest.raises(ConfigError, match="top of a module"):
        ser.cross_validate(data, Local)


def test_two_seeds_are_two_cells_of_each_fold(data, tmp_path):
    result = ser.cross_validate(data, "mlp", folds=0, seed=(0, 1), max_epochs=1, output=tmp_path)
    assert sorted(result.predictions["seed"].unique()) == [0, 1]
    assert Path(result.folder).is_relative_to(tmp_path)


@pytest.mark.parametrize("cv", ["speaker", None])
def test_a_name_that_is_given_is_the_last_part_of_the_folder(data, tmp_path, cv):
    result = ser.cross_validate(data, SVC(), cv, folds=0, output=tmp_path, name="mine")
    assert result.folder == tmp_path / f"emodb/svm/{cv or 'kfold'}/mine"


@pytest.mark.parametrize("asked", [{"folds": []}, {"folds": 0.5}, {"seed": "one"}])
def test_what_is_no_number_of_a_fold_or_seed_is_refused(data, asked):
    with pytest.raises(ConfigError, match="must be a whole number, or several"):
        ser.cross_validate(data, SVC(), **asked)


def test_numbers_may_be_those_of_numpy(data):
    result = ser.cross_validate(data, SVC(), folds=np.arange(1), seed=np.int64(2))
    assert set(result.predictions["seed"]) == {2}


def test_nothing_is_trained_if_one_of_the_folds_leaks(emodb, tmp_path):
    cv = Regime("odd", KFold(2, shuffle=True, random_state=5), groups=("speaker",))
    data = CorpusDataModule(emodb, UtteranceStatistics(), cv, verify=False)
    with pytest.raises(LeakageError, match="speaker"):
        ser.cross_validate(data, SVC(), output=tmp_path)
    assert not list(tmp_path.iterdir())


class Faulty(SVC):
    """An estimator that cannot be fitted."""

    def fit(self, X, y):
        raise ArithmeticError("no luck")


def test_where_every_fold_fails_the_reason_is_given(data):
    with pytest.raises(FailedError, match=r"2 of 2 folds failed: .*no luck"):
        ser.cross_validate(data, Faulty(), folds=[0, 1])

"""Estimators of scikit-learn as learners: figures, probabilities, model files, refusals."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
import torch
from pytorch_lightning import seed_everything
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import RandomForestClassifier, VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sweeping import train

import ser
from ser.augment import Augmentation
from ser.data import CorpusDataModule
from ser.errors import ConfigError, RunError, TrainingError
from ser.features import LogMel, UtteranceStatistics
from ser.folds.protocol import Protocol
from ser.models.lda import LDA
from ser.runs.cell import Cell
from ser.runs.predictions import labels_of
from ser.training.classical import ClassicalLearner, refuse_no_classifier


@pytest.fixture(scope="module")
def data(emodb):
    module = CorpusDataModule(emodb, UtteranceStatistics(), "speaker", fold=1, verify=False)
    module.setup()
    return module.fold_data


@pytest.fixture
def cell(tmp_path):
    return Cell(tmp_path / "run", 1)


def arrays(data, side):
    """Features of a side straight from the store, and its classes."""
    rows = torch.from_numpy(data.fold.side(side))
    features, _ = data.prepared.features.batch(rows)
    return features.double().numpy(), data.prepared.targets[rows].numpy()


def test_the_test_side_is_predicted_as_a_pipeline_of_the_whole_training_side_does(data, cell):
    outcome = ClassicalLearner(LogisticRegression(max_iter=1000)).fit(data, cell)
    sides = [arrays(data, side) for side in ("train", "validation")]
    vectors, classes = (np.concatenate(parts) for parts in zip(*sides, strict=True))
    pipeline = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    expected = pipeline.fit(vectors, classes).predict_proba(arrays(data, "test")[0])
    shares = outcome.test[[f"p_{label}" for label in data.labels]].to_numpy()
    np.testing.assert_allclose(shares, expected, atol=1e-3)


def test_the_validation_side_is_predicted_without_having_been_seen(data, cell):
    outcome = ClassicalLearner(LogisticRegression(max_iter=1000)).fit(data, cell)
    pipeline = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    pipeline.fit(*arrays(data, "train"))
    expected = pipeline.predict_proba(arrays(data, "validation")[0])
    shares = outcome.validation[[f"p_{label}" for label in data.labels]].to_numpy()
    np.testing.assert_allclose(shares, expected, atol=1e-3)


def test_copies_of_the_validation_side_join_the_training_side_with_it(emodb):
    module = CorpusDataModule(
        emodb,
        UtteranceStatistics(),
        "speaker",
        augment=Augmentation(["slower", "higher"]),
        verify=False,
    )
    module.setup()
    whole = module.fold_data.without_validation()
    utterances = [u for u in emodb.utterances() if u.speaker != "03"]
    learnt = Counter(row.id for row in whole.rows("train"))
    assert learnt == Counter({u.id: 3 for u in utterances})
    assert {row.view for row in whole.rows("test")} == {"original"}


def test_rows_that_are_dealt_alone_join_the_training_side_without_their_copies(emodb):
    module = CorpusDataModule(
        emodb,
        UtteranceStatistics(),
        "kfold",
        augment=Augmentation(["noise"]),
        protocol=Protocol(unit="row"),
        verify=False,
    )
    module.setup()
    fold, whole = module.fold_data.fold, module.fold_data.without_validation().fold
    assert whole.train.tolist() == fold.learnt.tolist()


def test_probabilities_of_a_support_vector_machine_agree_with_its_decisions(data, cell):
    outcome = ClassicalLearner(SVC(kernel="linear", break_ties=True)).fit(data, cell)
    whole = data.without_validation()
    vectors, classes = whole.vectors("train")
    machine = SVC(kernel="linear", break_ties=True).fit(vectors.double().numpy(), classes.numpy())
    decided = machine.predict(whole.vectors("test")[0].double().numpy())
    assert outcome.test["prediction"].tolist() == [data.labels[i] for i in decided]
    shares = outcome.test[[f"p_{label}" for label in data.labels]].to_numpy()
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    assert "temperature" in outcome.facts["probabilities"]
    assert "epochs" not in outcome.facts


def test_without_a_validation_side_there_are_no_predictions_of_one(emodb, cell):
    protocol = Protocol(validation=False)
    module = CorpusDataModule(
        emodb, UtteranceStatistics(), "speaker", protocol=protocol, verify=False
    )
    module.setup()
    outcome = ClassicalLearner(SVC(kernel="linear")).fit(module.fold_data, cell)
    assert outcome.validation is None
    assert labels_of(outcome.test) == list(emodb.labels)


@pytest.mark.parametrize(
    "estimator",
    [
        RandomForestClassifier(5),
        make_pipeline(StandardScaler(), RandomForestClassifier(5)),
        VotingClassifier([("a", RandomForestClassifier(5)), ("b", GaussianNB())], voting="soft"),
        CalibratedClassifierCV(SVC(), cv=StratifiedKFold(2, shuffle=True)),
    ],
    ids=["alone", "in a pipeline", "among others", "in folds of its own"],
)
def test_chance_comes_from_the_seed_of_the_cell(estimator, data, tmp_path):
    learner = ClassicalLearner(estimator)
    tables = []
    for seed in (0, 0, 1):
        seed_everything(len(tables))
        tables.append(learner.fit(data, Cell(tmp_path, 1, seed)).test.drop(columns="seed"))
    assert tables[0].equals(tables[1])
    assert not tables[0].equals(tables[2])


@pytest.mark.parametrize(
    "estimator", [SVC(kernel="rbf"), LogisticRegression(max_iter=1000), LDA()], ids=str
)
def test_a_model_file_predicts_what_the_learner_predicted(data, cell, tmp_path, estimator):
    outcome = ClassicalLearner(estimator).fit(data, cell)
    torch.save(dict(outcome.model), tmp_path / "model.ckpt")
    predictor = ser.load(tmp_path / "model.ckpt")
    features, _ = arrays(data, "test")
    shares = predictor.model.probabilities(torch.from_numpy(features).float())
    expected = outcome.test[[f"p_{label}" for label in data.labels]].to_numpy()
    np.testing.assert_allclose(shares, expected, atol=1e-4)


def test_a_model_file_that_would_need_trust_is_refused_by_the_name_of_the_type(
    data, cell, tmp_path
):
    outcome = ClassicalLearner(RandomForestClassifier(2)).fit(data, cell)
    torch.save(dict(outcome.model), tmp_path / "model.ckpt")
    with pytest.raises(RunError, match=r"holds sklearn\.tree\._tree\.Tree, which cannot be loaded"):
        ser.load(tmp_path / "model.ckpt")


@pytest.mark.parametrize(
    "estimator",
    [
        SVC(decision_function_shape="ovo"),
        make_pipeline(StandardScaler(), SVC(decision_function_shape="ovo")),
    ],
    ids=["alone", "in a pipeline"],
)
def test_decision_values_of_pairs_are_no_probabilities_of_emotions(estimator):
    with pytest.raises(ConfigError, match=r"decision_function_shape='ovo' .* each pair"):
        refuse_no_classifier(estimator)


def test_pairs_are_no_matter_where_an_estimator_has_probabilities():
    refuse_no_classifier(SVC(decision_function_shape="ovo", probability=True))


def test_a_training_side_of_one_emotion_is_refused_by_its_name(data, cell):
    happiness = data.labels.index("happiness")
    alone = replace(
        data, prepared=replace(data.prepared, targets=data.prepared.targets * 0 + happiness)
    )
    with pytest.raises(
        TrainingError, match=r"LDA tells emotions apart, and there is happiness alone"
    ):
        ClassicalLearner(LDA()).fit(alone, cell)


def test_a_spectrogram_is_refused_before_anything_is_extracted(emodb):
    module = CorpusDataModule(emodb, LogMel(), verify=False)
    with pytest.raises(ConfigError, match="LogMel gives a matrix of frames, and SVC reads vectors"):
        ClassicalLearner(SVC()).refuse(module)


def test_a_sweep_refuses_what_does_not_fit_and_trains_the_rest(emodb, tmp_path):
    words = ["-m", "model=linear,lstm", "features=statistics,logmel", "cv=kfold", "cv.n_splits=2"]
    words += [
        "fold=0",
        f"data.root={emodb.root}",
        "data.verify=false",
        f"output={tmp_path}",
        "trainer=cpu",
    ]
    done = train(*words, "trainer.max_epochs=1")
    assert done.returncode == 1
    assert "LSTMClassifier reads frames, as of features=logmel" in done.stderr
    assert "LogisticRegression reads vectors, as of features=statistics" in done.stderr
    runs = {path.parent.relative_to(tmp_path).parts[1] for path in tmp_path.rglob("metrics.json")}
    assert runs == {"linear", "lstm"}


@pytest.mark.parametrize("side", ["train", "validation", "test"])
def test_features_that_are_not_finite_are_no_result(data, cell, side):
    """As where a huge number makes the standard deviation overflow."""
    row, values = data.fold.side(side)[2], data.prepared.features.values.clone()
    values[data.prepared.features.starts[row]] = float("nan")
    features = replace(data.prepared.features, values=values)
    broken = replace(data, prepared=replace(data.prepared, features=features))
    name = data.prepared.rows[row].id
    with pytest.raises(
        TrainingError, match=rf"1 of \d+ utterances of the {side} side .* {name} first"
    ):
        ClassicalLearner(LogisticRegression()).fit(broken, cell)


def test_probabilities_that_are_not_finite_are_no_result(data, cell):
    class Broken(LogisticRegression):
        def predict_proba(self, vectors):
            return np.full_like(super().predict_proba(vectors), np.nan)

    with pytest.raises(TrainingError, match="the probabilities of 14 of 14 utterances are not"):
        ClassicalLearner(Broken()).fit(data, cell)

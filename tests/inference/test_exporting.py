"""An exported model answers as the one it was made from, or is refused by name."""

from __future__ import annotations

import inspect
import json
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from exports import LABELS, fitted, network
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC, LinearSVC

from ser.errors import ExportError
from ser.features import MFCC, Functionals, LogMel, UtteranceStatistics
from ser.inference.ensemble import averaged
from ser.inference.exporting import programs
from ser.inference.exporting.estimators import LinearLayers
from ser.inference.exporting.facts import Facts, shortest
from ser.inference.exporting.front_ends import traced
from ser.inference.exporting.parity import TOLERANCE, deviation, padded, probes
from ser.inference.exporting.programs import to_onnx, to_torch
from ser.inference.exporting.whole import whole
from ser.inference.fusion import Fusion
from ser.inference.predictor import Predictor
from ser.models import CNN, MLP, LSTMClassifier, published
from ser.models.ensemble import Ensemble
from ser.models.lda import LDA
from ser.models.registry import NETWORKS

RATE = 16_000
SMALL = UtteranceStatistics(parts=["mfcc", "rms"])
PADDED = MFCC(RATE, duration=0.8, n_mels=40, n_mfcc=24)
FRAMES = LogMel(n_mels=32)
LOUDNESS = UtteranceStatistics(parts=["mel"])
PLAIN = {"trim": None, "level": None}
FRONT_ENDS = {
    "log-mel": FRAMES,
    "log-mel of a stretch": LogMel(offset=0.2, duration=0.5, **PLAIN),
    "log-mel, padded": LogMel(duration=1.5, pad=True, top_db=None),
    "MFCC": PADDED,
    "MFCC, windows of no power of 2": MFCC(RATE, window=0.03, hop=0.01, n_mfcc=13, n_mels=30),
    "statistics": UtteranceStatistics(),
    "155 statistics": UtteranceStatistics.emodb(),
    "statistics, trimmed alone": UtteranceStatistics(parts=["zcr", "mel"], trim=30.0, level=None),
}


def sounds(rate=RATE):
    return [sound[: round(0.9 * rate)] for sound in list(probes(rate, 2048))[:2]]


def facts(predictor):
    return Facts(predictor, [], ["0" * 64], predictor.alarms, None, "a licence", "a paper")


@pytest.mark.parametrize("front_end", FRONT_ENDS.values(), ids=FRONT_ENDS)
def test_features_of_a_padded_batch_are_those_of_each_sound(front_end):
    heard = sounds(front_end.sample_rate)
    quiet = [torch.cat([torch.zeros(999), 1e-3 * heard[0], torch.zeros(4000)]), *heard]
    features, frames = traced(front_end)(*padded(quiet))
    for i, sound in enumerate(quiet):
        own, count = front_end.transform(sound[None])
        assert frames[i] == count[0]
        here = features[i, :, : count[0]] if front_end.sequence else features[i]
        torch.testing.assert_close(here, own[0], rtol=1e-3, atol=2e-3)


def fitting(kind):
    if kind.sequence is False:
        return UtteranceStatistics()
    return PADDED if ".published." in kind.__module__ else FRAMES


@pytest.mark.parametrize("name", [n for n, kind in NETWORKS.items() if "ser.models" in str(kind)])
def test_every_network_answers_as_alone_to_a_padded_batch(name):
    kind = NETWORKS[name]
    predictor = Predictor(network(kind, fitting(kind)))
    heard = sounds()
    with torch.inference_mode():
        alone = torch.cat([predictor.forward(sound[None]) for sound in heard])
        answers = whole(predictor)(*padded(heard))
    torch.testing.assert_close(answers, alone, rtol=0, atol=TOLERANCE)


ESTIMATORS = {
    "logistic regression": (LogisticRegression(max_iter=50), [0, 1, 2]),
    "logistic regression of two": (LogisticRegression(max_iter=50), [0, 2]),
    "support vectors": (SVC(kernel="linear"), [0, 1, 2]),
    "support vectors of two": (SVC(kernel="linear"), [1, 2]),
    "linear support vectors": (LinearSVC(), [0, 1, 2]),
    "discriminants": (LDA(), [0, 1, 2]),
    "discriminants of two": (LDA(), [0, 2]),
}


@pytest.mark.parametrize(("estimator", "classes"), ESTIMATORS.values(), ids=ESTIMATORS)
def test_linear_classifiers_are_products_of_matrices(estimator, classes):
    model = fitted(estimator, SMALL, classes)
    vectors = 9 * torch.randn(40, SMALL.num_features, generator=torch.Generator().manual_seed(2))
    layers = LinearLayers(model)
    torch.testing.assert_close(
        layers.probabilities(vectors), model.probabilities(vectors), rtol=0, atol=1e-5
    )


def test_a_fusion_is_the_mean_of_its_models_by_their_shares():
    models = [network(MLP, SMALL), network(LSTMClassifier, FRAMES)]
    predictor = Predictor(Fusion(models, [0.25, 0.75], {}))
    assert deviation(predictor, whole(predictor)) < TOLERANCE


@pytest.mark.parametrize("fold", [1, 2])
def test_the_shortest_utterance_fills_a_window_of_every_part(fold):
    models = [fusion(network(LSTMClassifier, FRAMES)) for _ in range(fold)]
    assert shortest(several(*models)) == LOUDNESS.window_length


def several(*models):
    """Give models of a run as one."""
    return Predictor(averaged(models, [model.origin for model in models]))


def fusion(model):
    return Fusion([model, other(MLP, LOUDNESS)], [0.25, 0.75], {})


def other(kind, front_end):
    model = network(kind, front_end)
    torch.nn.init.normal_(model.feature_mean, generator=torch.Generator().manual_seed(7))
    return model


TOGETHER = {
    "folds": lambda: several(network(MLP, SMALL), other(MLP, SMALL)),
    "networks and estimators": lambda: several(
        network(MLP, SMALL), fitted(LogisticRegression(), SMALL, [0, 1, 2]), other(MLP, LOUDNESS)
    ),
    "recurrent folds": lambda: several(
        network(LSTMClassifier, FRAMES), other(LSTMClassifier, FRAMES)
    ),
    "folds that are fusions": lambda: several(
        fusion(network(MLP, SMALL)), fusion(fitted(LogisticRegression(), SMALL, [0, 1, 2]))
    ),
    "an ensemble of a fold": lambda: Predictor(Ensemble([network(MLP, SMALL), other(MLP, SMALL)])),
}


@pytest.mark.parametrize("model", TOGETHER.values(), ids=TOGETHER)
def test_several_models_are_one_function(model):
    predictor = model()
    assert deviation(predictor, whole(predictor)) < TOLERANCE


def test_models_whose_emotions_are_in_another_order_are_one_function():
    turned = other(MLP, SMALL)
    turned.labels = LABELS[::-1]
    predictor = several(network(MLP, SMALL), turned)
    assert deviation(predictor, whole(predictor)) < TOLERANCE


def test_what_several_models_are_is_said():
    assert facts(TOGETHER["folds"]()).network == "2 × MLP"
    assert facts(TOGETHER["networks and estimators"]()).network == "2 × MLP + LogisticRegression"
    front_ends = json.loads(facts(TOGETHER["folds that are fusions"]()).metadata()["front_end"])
    assert front_ends == [SMALL.spec(), LOUDNESS.spec()]


def test_several_recurrent_models_are_one_file_of_onnx():
    for package in ("onnx", "onnxruntime", "onnxscript"):
        pytest.importorskip(package)
    assert to_onnx(facts(TOGETHER["recurrent folds"]()))


REFUSED = {
    "tonnetz is computed utterance by utterance": lambda: network(
        MLP, UtteranceStatistics.iemocap()
    ),
    "Functionals cannot be exported: they are computed peak by peak": lambda: network(
        MLP, Functionals()
    ),
    r"published\.LSTMClassifier takes padding for sound, and LogMel gives": lambda: network(
        published.LSTMClassifier, FRAMES
    ),
    "kernel='rbf' is no linear classifier": lambda: fitted(SVC(), SMALL, [0, 1, 2]),
    "KNeighborsClassifier is no linear": lambda: fitted(KNeighborsClassifier(), SMALL, [0, 1]),
}


@pytest.mark.parametrize(("why", "model"), REFUSED.items(), ids=REFUSED)
def test_what_has_no_such_form_is_refused_by_name(why, model):
    with pytest.raises(ExportError, match=why):
        whole(Predictor(model()))


def test_a_model_of_speakers_is_refused():
    model = network(MLP, SMALL)
    model.origin |= {"transductive": True}
    with pytest.raises(ExportError, match="judges a speaker by all"):
        whole(Predictor(model))


@pytest.mark.parametrize("wrong", [1e-3, float("nan")])
def test_an_export_that_answers_differently_is_refused(wrong):
    predictor = Predictor(network(MLP, SMALL))
    right = whole(predictor)
    with pytest.raises(ExportError, match="nothing was written"):
        deviation(predictor, lambda *inputs: right(*inputs) + wrong)


def test_a_program_that_does_not_run_is_refused_in_a_sentence(monkeypatch):
    def guarded(*inputs):
        raise AssertionError("Guard failed: waveform.size()[1] >= 8192")

    program = SimpleNamespace(module=lambda: guarded)
    monkeypatch.setattr(programs, "_traced", lambda *_: program)
    with pytest.raises(ExportError, match=r"cannot be run .*Guard failed.*to=safetensors"):
        to_torch(facts(Predictor(network(MLP, SMALL))))


def test_lstms_are_refused_by_name_for_torch():
    with pytest.raises(ExportError, match="LSTMClassifier has an LSTM"):
        to_torch(facts(Predictor(network(LSTMClassifier, FRAMES))))


SHOWN_TWICE = {"subtract_mean": "both"}  # so that the batch is twice as large within


@pytest.mark.parametrize(
    ("kind", "front_end", "settings"), [(MLP, SMALL, {}), (CNN, FRAMES, SHOWN_TWICE)]
)
def test_a_program_of_torch_takes_any_batch_and_length(kind, front_end, settings, tmp_path):
    predictor = Predictor(network(kind, front_end, **settings))
    path = tmp_path / "model.pt2"
    path.write_bytes(to_torch(facts(predictor)))
    extra = {"ser.json": ""}
    program = torch.export.load(path, extra_files=extra).module()
    about = json.loads(extra["ser.json"])
    assert json.loads(about["labels"]) == LABELS
    heard = [*sounds(), torch.cat(sounds())[:27_001]]
    answers = program(*padded(heard))
    alone = torch.cat([predictor.forward(sound[None]) for sound in heard])
    torch.testing.assert_close(answers, alone, rtol=0, atol=TOLERANCE)


@pytest.fixture(scope="module", params=[{}, SHOWN_TWICE], ids=["once", "twice"])
def onnx_file(tmp_path_factory, request):
    """Give a recurrent network as a file of ONNX, and its predictor."""
    for package in ("onnxruntime", "onnxscript"):
        pytest.importorskip(package)
    predictor = Predictor(network(LSTMClassifier, FRAMES, hidden_size=8, **request.param))
    path = tmp_path_factory.mktemp("onnx") / "model.onnx"
    path.write_bytes(to_onnx(facts(predictor)))
    return path, predictor


@pytest.mark.parametrize("batch", [1, 2, 5])
def test_onnx_takes_any_batch_and_length(onnx_file, batch):
    onnxruntime = pytest.importorskip("onnxruntime")
    path, predictor = onnx_file
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    heard = [torch.cat(sounds())[: 9001 + 3407 * i] for i in range(batch)]
    waveform, lengths = padded(heard)
    inputs = {"waveform": waveform.numpy(), "lengths": lengths.numpy()}
    (answers,) = session.run(["probabilities"], inputs)
    with torch.inference_mode():
        alone = torch.cat([predictor.forward(sound[None]) for sound in heard])
    np.testing.assert_allclose(answers, alone.numpy(), rtol=0, atol=TOLERANCE)


def test_onnx_says_what_it_is(onnx_file):
    onnxruntime = pytest.importorskip("onnxruntime")
    path, predictor = onnx_file
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    about = session.get_modelmeta().custom_metadata_map
    assert json.loads(about["labels"]) == LABELS
    assert about["sample_rate"] == str(RATE)
    assert about["shortest"] == str(shortest(predictor))
    assert about["protocol"] == "honest"
    assert float(about["parity"]) <= float(about["tolerance"]) == TOLERANCE


def test_a_package_that_is_missing_is_named(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "onnxscript", None)
    monkeypatch.setitem(__import__("sys").modules, "onnxruntime", inspect)
    monkeypatch.setitem(__import__("sys").modules, "onnx", inspect)
    with pytest.raises(ExportError, match=r"needs the package onnxscript.*\[export\]"):
        to_onnx(facts(Predictor(network(MLP, SMALL))))

"""A folder for model hubs: read back with equal answers, and a card that hides nothing."""

from __future__ import annotations

import json

import pandas as pd
import pytest
import torch
from exports import LABELS, fitted, network
from sklearn.linear_model import LogisticRegression

import ser
from ser.errors import ExportError, RunError
from ser.evaluation.intervals import interval
from ser.export import main as door
from ser.features import LogMel, RawWaveform, UtteranceStatistics
from ser.inference.exporting.card import card
from ser.inference.exporting.facts import Evidence, facts_of
from ser.inference.exporting.job import export
from ser.inference.job import main as predict
from ser.models import CNN, MLP, LSTMClassifier
from ser.models.ensemble import stacked
from ser.models.estimator import to_content
from ser.models.fusion import fused
from ser.models.seal import sealed
from ser.runs.layout import MODEL

safe_open = pytest.importorskip("safetensors").safe_open
SMALL = UtteranceStatistics(parts=["mfcc", "rms"])


def content_of(model):
    content = {"state_dict": model.state_dict(), "hyper_parameters": dict(model.hparams)}
    model.on_save_checkpoint(content)
    return {**content, "optimizer_states": [{"lr": 0.1}]}


def contents():
    one = content_of(network(MLP, SMALL))
    return {
        "vectors": one,
        "frames": content_of(network(LSTMClassifier, LogMel())),
        "pictures": content_of(network(CNN, LogMel(), width=4)),  # weights are channels last
        "ensemble": stacked([one, content_of(network(MLP, SMALL))]),
        "estimator": to_content(fitted(LogisticRegression(), SMALL, [0, 1, 2])),
    }


def saved(content, folder):
    path = folder / MODEL
    torch.save(sealed(content), path)
    return path


@pytest.mark.parametrize("kind", contents())
def test_a_folder_answers_as_the_model_file(kind, speech, tmp_path):
    path = saved(contents()[kind], tmp_path)
    folder = export(path, "safetensors")
    assert folder == tmp_path / "export"
    moved = folder.rename(tmp_path / "anywhere")
    assert ser.load(moved)(speech, 16_000) == ser.load(path)(speech, 16_000)
    assert sorted(file.name for file in moved.iterdir()) == [
        "README.md", "config.json", "labels.txt", "model.safetensors",
    ]  # fmt: skip


def test_the_command_takes_a_folder_for_a_model(sound, tmp_path, capsys):
    path = saved(contents()["vectors"], tmp_path)
    heard = []
    for model in (path, export(path, "safetensors")):
        predict(str(model), str(sound))
        heard.append(capsys.readouterr().out)
    assert heard[0] == heard[1] != ""


def test_a_folder_is_exported_as_its_model_file_is(tmp_path):
    path = saved(contents()["vectors"], tmp_path)
    first = export(path, "safetensors")
    again = export(first, "safetensors", tmp_path / "again")
    for name in ("model.safetensors", "labels.txt"):
        assert (again / name).read_bytes() == (first / name).read_bytes()


@pytest.fixture
def run(tmp_path):
    """A run of two folds, of a fusion of two models each."""
    for fold in range(2):
        models = [content_of(network(MLP, SMALL)), contents()["frames"]]
        models[0]["state_dict"]["feature_mean"] = models[0]["state_dict"]["feature_mean"] + fold
        folder = tmp_path / f"run/fold-{fold:02d}/seed-0"
        folder.mkdir(parents=True)
        saved(fused(models, [0.25, 0.75], RawWaveform(16_000).spec()), folder)
    return tmp_path / "run"


def test_the_folds_of_a_run_are_one_folder(run, speech, capsys):
    with pytest.raises(ExportError, match="pass output= as well"):
        export([*run.glob("*/*/model.ckpt")], "safetensors")
    door([f"checkpoint={run}", "to=safetensors"])
    assert capsys.readouterr().out.startswith("An ensemble of 2 models")
    found = ser.load(run / "export")
    wanted = ser.load(run)(speech, 16_000).probabilities
    assert found(speech, 16_000).probabilities == pytest.approx(wanted, abs=1e-6)
    assert found.origin == ser.load(run).origin
    text = (run / "export/README.md").read_text()
    assert header_of(text)["tags"][1:] == ["MLP", "LSTMClassifier"]
    assert "# 2 × MLP + 2 × LSTMClassifier for" in text
    assert "each model by its own fold" in text
    assert "This is the mean of 2 models. As one it was not tested" in text


def test_models_whose_emotions_are_in_another_order_are_no_folder(tmp_path):
    paths = []
    for name, labels in (("a", LABELS), ("b", LABELS[::-1])):
        (tmp_path / name).mkdir()
        content = contents()["vectors"]
        content["ser"]["labels"] = list(labels)
        paths.append(saved(content, tmp_path / name))
    with pytest.raises(ExportError, match="the same emotions in another order"):
        export(paths, "safetensors", tmp_path / "export")


@pytest.mark.parametrize(("name", "why"), [(MODEL, "is the model itself"), (".", "is a folder")])
def test_an_output_that_is_something_else_is_refused(name, why, tmp_path):
    path = saved(contents()["vectors"], tmp_path)
    before = path.read_bytes()
    with pytest.raises(ExportError, match=why):
        export(path, "torch", tmp_path / name)
    assert path.read_bytes() == before


def test_nothing_that_is_there_is_overwritten(tmp_path):
    path = saved(contents()["vectors"], tmp_path)
    (tmp_path / "mine").mkdir()
    with pytest.raises(ExportError, match="mine exists; remove it"):
        export(path, "safetensors", tmp_path / "mine")
    assert not list((tmp_path / "mine").iterdir())


def spoilt_weights(folder):
    path = folder / "model.safetensors"
    content = bytearray(path.read_bytes())
    content[-3] ^= 64
    path.write_bytes(content)


def cut_weights(folder):
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-9])


def another_label(folder):
    path = folder / "config.json"
    path.write_text(path.read_text().replace('"joy"', '"glee"'))


def no_alarm(folder):
    path = folder / "config.json"
    path.write_text(path.read_text().replace('"alarms": "[', '"alarms": "[1'))


def no_model(folder):
    (folder / "config.json").write_text("{}")


def no_json(folder):
    (folder / "config.json").write_text("{")


@pytest.mark.parametrize(
    "spoil", [spoilt_weights, cut_weights, another_label, no_alarm, no_model, no_json]
)
def test_a_damaged_folder_is_refused_in_a_sentence(spoil, tmp_path):
    folder = export(saved(contents()["vectors"], tmp_path), "safetensors")
    spoil(folder)
    with pytest.raises(RunError, match=r"export: .*(copy|damaged|edited|cut)"):
        ser.load(folder)


def facts_with(tmp_path, **origin):
    content = contents()["vectors"]
    content["ser"]["origin"] = {**content["ser"]["origin"], **origin}
    path = saved(content, tmp_path)
    return facts_of([path], ser.load(path))


def header_of(text):
    """Read the header of a card, whose values are JSON."""
    lines = text.split("---\n")[1].splitlines()
    return {name: json.loads(value) for name, value in (line.split(": ", 1) for line in lines)}


def evidence():
    rows = [(f"u{i}", f"s{i % 6}", LABELS[i % 3], LABELS[(i % 7) % 3]) for i in range(60)]
    table = pd.DataFrame(rows, columns=["id", "speaker", "truth", "prediction"])
    found = interval(table, "uar", "speaker")
    return Evidence(10, 10, 60, found.estimate, 0.5, found, [[9, 1, 0], [0, 8, 2], [3, 0, 7]])


def test_a_card_says_where_a_model_is_from_and_what_it_is_not_for(tmp_path):
    text = card(facts_with(tmp_path))
    assert header_of(text)["datasets"] == ["emodb"]
    assert "model-index" not in header_of(text)
    for word in ("Burkhardt", "CC0-1.0", "cv=speaker; fold 0 was held out", "Protocol: honest"):
        assert word in text
    assert "Not known: the model file did not lie in its run" in text
    assert "hiring" in text.partition("## What it must not be used for")[2]


def test_a_card_shows_the_interval_and_the_confusion(tmp_path):
    facts = facts_with(tmp_path)
    known = type(facts)(**{**vars(facts), "evidence": evidence()})
    text = card(known)
    assert "over 6 speakers (60 tested utterances, 10 of 10 folds); accuracy 50.0%" in text
    assert "| fear | 0 | 8 | 2 |" in text
    figure = header_of(text)["model-index"][0]["results"][0]["metrics"][0]
    assert figure["value"] == round(evidence().uar, 4)


@pytest.mark.parametrize(
    ("origin", "alarm"),
    [
        ({"protocol": "published", "leaks": "copies are dealt"}, "LEAKING PROTOCOL"),
        ({"shuffled": True}, "SHUFFLED LABELS"),
        ({"transductive": True}, "TRANSDUCTIVE"),
    ],
)
def test_a_leak_is_said_before_anything_else_and_in_no_table_of_hubs(origin, alarm, tmp_path):
    facts = facts_with(tmp_path, **origin)
    text = card(type(facts)(**{**vars(facts), "evidence": evidence()}))
    assert "model-index" not in header_of(text)
    assert text.index(f"WARNING. {alarm}") < text.index("## What it is")
    assert alarm in facts.metadata()["alarms"]


def test_the_weights_of_a_leaking_model_say_so_too(tmp_path):
    for leaks in ("", "copies are dealt"):
        content = contents()["vectors"]
        content["ser"]["origin"] |= {"protocol": "published", "leaks": leaks}
        (tmp_path / leaks).mkdir(exist_ok=True)
        folder = export(saved(content, tmp_path / leaks), "safetensors")
        with safe_open(str(folder / "model.safetensors"), "pt") as file:
            assert ("alarms" in file.metadata()) == bool(leaks)


def test_words_of_a_file_make_no_markup(tmp_path):
    text = card(facts_with(tmp_path, corpus="<script>x</script> [a](b)\n# c"))
    assert "<script>" not in text.split("---\n", 2)[2]
    assert "\n# c" not in text

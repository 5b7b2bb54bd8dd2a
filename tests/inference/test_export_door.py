"""``ser.export`` and ``ser.app`` from the command line."""

from __future__ import annotations

import pytest

from ser.app import main as app
from ser.errors import ConfigError
from ser.export import main as export
from ser.inference.exporting import job


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ([], "checkpoint= is missing"),
        (["checkpoint=a.ckpt"], "to= is missing"),
        (["checkpoint=a.ckpt", "to=tflite"], "to='tflite' is unknown; choose one of onnx"),
        (["checkpont=a.ckpt"], "did you mean 'checkpoint'"),
        (["checkpoint=a", "checkpoint=b"], "checkpoint= comes twice"),
        (["checkpoint=a.ckpt", "to=onnx", "output="], "output= is empty; leave it out"),
        (["checkpoint=a.ckpt", "to=onnx"], "a.ckpt does not exist"),
    ],
)
def test_export_ends_with_one_sentence(words, why, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match=why):
        export(words)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ([], "run make demo first, or pass checkpoint="),
        (["port=no"], "port=no must be a whole number"),
        (["port=70000"], "port=70000 must be a whole number"),
        (["checkpoint=a.ckpt"], "a.ckpt does not exist"),
        (["checkpoint=a"] * 7, "7 models do not fit side by side"),
        (["prt=1"], r"did you mean 'port'\?\); pass checkpoint=MODEL\.ckpt port=8000, each quoted"),
        (["port="], "port= is empty; leave it out"),
        (["checkpoint="], "checkpoint= is empty; leave it out"),
    ],
)
def test_the_app_ends_with_one_sentence(words, why, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match=why):
        app(words)


def test_a_form_that_there_is_not_is_refused_in_python_too(tmp_path):
    with pytest.raises(ConfigError, match="form='onix' is unknown"):
        job.export(tmp_path / "a.ckpt", "onix")

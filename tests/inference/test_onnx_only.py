"""``examples/onnx_only`` predicts with neither PyTorch nor ser."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

SCRIPT = Path(__file__).parents[2] / "examples/onnx_only/predict.py"
PROGRAM = f"""
import runpy, sys
for name in ("torch", "ser", "torchaudio", "librosa"):
    sys.modules[name] = None
runpy.run_path({str(SCRIPT)!r}, run_name="__main__")
"""
ABOUT = {
    "labels": json.dumps(["calm", "upset"]),
    "sample_rate": "16000",
    "shortest": "400",
    "alarms": json.dumps(["LEAKING PROTOCOL: too good."]),
}


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """Write a model of one operator: how loud a sound is on average, as a share."""
    onnx = pytest.importorskip("onnx")
    pytest.importorskip("onnxruntime")
    kinds = onnx.TensorProto
    inputs = [
        onnx.helper.make_tensor_value_info("waveform", kinds.FLOAT, ["batch", "time"]),
        onnx.helper.make_tensor_value_info("lengths", kinds.INT64, ["batch"]),
    ]
    output = onnx.helper.make_tensor_value_info("probabilities", kinds.FLOAT, ["batch", 2])
    nodes = [
        onnx.helper.make_node("ReduceL1", ["waveform", "axis"], ["sum"], keepdims=1),
        onnx.helper.make_node("Cast", ["lengths"], ["samples"], to=kinds.FLOAT),
        onnx.helper.make_node("Unsqueeze", ["samples", "axis"], ["column"]),
        onnx.helper.make_node("Div", ["sum", "column"], ["upset"]),
        onnx.helper.make_node("Sub", ["one", "upset"], ["calm"]),
        onnx.helper.make_node("Concat", ["calm", "upset"], ["probabilities"], axis=1),
    ]
    constants = [
        onnx.numpy_helper.from_array(np.array([1]), "axis"),
        onnx.numpy_helper.from_array(np.float32([1]), "one"),
    ]
    graph = onnx.helper.make_graph(nodes, "loudness", inputs, [output], constants)
    made = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 18)])
    made.ir_version = 9
    onnx.helper.set_model_props(made, ABOUT)
    path = tmp_path_factory.mktemp("onnx") / "model.onnx"
    onnx.save(made, path)
    return path


def run(model, *paths):
    command = [sys.executable, "-c", PROGRAM, str(model), *map(str, paths)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def written(folder, name, samples, rate=16_000):
    soundfile.write(folder / name, samples, rate, subtype="FLOAT")
    return folder / name


def test_files_are_judged_as_one_padded_batch(model, tmp_path):
    square = np.where(np.arange(8000) % 2, 0.25, -0.25)
    paths = [written(tmp_path, "a.wav", square), written(tmp_path, "b.wav", 3 * square[:1000])]
    found = run(model, *paths)
    assert found.returncode == 0
    assert found.stdout.splitlines() == [
        f"{paths[0]}: calm 75.0%, upset 25.0%",
        f"{paths[1]}: upset 75.0%, calm 25.0%",
    ]
    assert "LEAKING PROTOCOL" in found.stderr


@pytest.mark.parametrize(
    ("samples", "rate", "why"),
    [
        (np.random.default_rng(0).normal(size=900), 8000, "has 8000 Hz, and the model reads 16000"),
        (np.random.default_rng(0).normal(size=300), 16_000, "has 300 samples"),
        (np.zeros(900), 16_000, "is digital silence"),
    ],
)
def test_what_the_model_does_not_read_is_refused_in_a_sentence(model, tmp_path, samples, rate, why):
    found = run(model, written(tmp_path, "a.wav", samples, rate))
    assert found.returncode == 1
    assert why in found.stderr
    assert "Traceback" not in found.stderr

"""An utterance from waveform to probabilities: PyTorch, and the same model in ONNX's runtime."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch
from torch import Tensor

from benchmarks.rounds import in_turns
from benchmarks.row import Row, compared
from ser.errors import ExportError
from ser.features import FrontEnd, LogMel, UtteranceStatistics
from ser.inference.exporting.facts import Facts
from ser.inference.exporting.parity import probes
from ser.inference.exporting.programs import to_onnx
from ser.inference.predictor import Predictor
from ser.models import CNN, CNN1D, EmotionClassifier, LSTMClassifier

NETWORKS: dict[str, tuple[type[EmotionClassifier], FrontEnd]] = {
    "lstm": (LSTMClassifier, LogMel()),
    "cnn": (CNN, LogMel()),
    "cnn1d": (CNN1D, UtteranceStatistics()),
}
SECONDS, RATE, TIMES = 3.0, 16_000, 10
LABELS = 7


def rows(threads: int, rounds: int, quick: bool = False) -> list[Row]:
    """A line for each network, with its first weights."""
    chosen = list(NETWORKS)[: 1 if quick else None]
    return [_row(name, threads, rounds) for name in chosen]


def _row(name: str, threads: int, rounds: int) -> Row:
    predictor = _predictor(*NETWORKS[name])
    sound = torch.cat(list(probes(RATE, 1024)))[None, : round(SECONDS * RATE)]
    lengths = torch.tensor([sound.shape[1]])
    ways: dict[str, Callable[[], object]] = {
        "PyTorch": partial(_repeated, torch.inference_mode()(predictor.forward), sound, lengths),
        "ONNX": partial(_repeated, _session(predictor, threads), sound, lengths),
    }
    times = in_turns(ways, rounds)
    what = f"{name}: {SECONDS:g} s of speech to probabilities"
    return compared(
        what, threads, times, "PyTorch", "ONNX", scale=1000 / TIMES, unit="ms an utterance"
    )


def _repeated(function: Callable[[Tensor, Tensor], object], *inputs: Tensor) -> None:
    for _ in range(TIMES):
        function(*inputs)


def _predictor(kind: type[EmotionClassifier], front_end: FrontEnd) -> Predictor:
    network = kind(LABELS, front_end.num_features)
    network.front_end = front_end.spec()
    return Predictor(network)


def _session(predictor: Predictor, threads: int) -> Callable[[Tensor, Tensor], object]:
    try:
        import onnxruntime  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ExportError("this part needs pip install '.[export]'.") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.onnx")
        path.write_bytes(to_onnx(Facts(predictor, [], [], (), None, "", "")))
        session = onnxruntime.InferenceSession(os.fspath(path), options)
    return lambda waveform, lengths: session.run(
        None, {"waveform": waveform.numpy(), "lengths": lengths.numpy()}
    )

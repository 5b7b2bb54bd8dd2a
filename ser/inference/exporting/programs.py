"""Programs of ``torch.export``, and of ONNX made from them."""

from __future__ import annotations

import copy
import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from io import BytesIO
from typing import Any
from warnings import catch_warnings, simplefilter

import torch
from torch import Tensor, nn

from ser.errors import ExportError, SerError, in_a_line
from ser.inference.exporting.facts import Facts, shortest
from ser.inference.exporting.parity import TOLERANCE, deviation, padded, probes
from ser.inference.exporting.recurrent import has_lstm, with_onnx_lstms
from ser.inference.exporting.whole import whole
from ser.inference.predictor import Predictor
from ser.inference.shield import plain_torch

INPUTS, OUTPUT = ("waveform", "lengths"), "probabilities"
NEEDED = ("onnx", "onnxruntime", "onnxscript")
ABOUT = "ser.json"  # the file of metadata within a program


def to_onnx(facts: Facts) -> bytes:
    """Give a model as a file of ONNX.

    Args:
        facts: The model, and what the file says of it in its ``metadata_props``.

    Raises:
        ExportError: If the model has no such form, a package is missing, or the file would answer
            differently.
    """
    runtime = [_package(name) for name in NEEDED][1]
    predictor = facts.predictor
    program = _traced(predictor, with_onnx_lstms(whole(predictor)))
    with _plainly("translated to ONNX"):
        made = torch.onnx.export(
            program, dynamo=True, verbose=False, input_names=INPUTS, output_names=(OUTPUT,)
        )
    model: Any = made.model_proto  # type: ignore[union-attr]  # None only where there is no program
    with _plainly("run in ONNX Runtime"):
        session = _session(runtime, model.SerializeToString())
        far = deviation(predictor, lambda *inputs: _run(session, *inputs))
    for key, value in _about(facts, far).items():
        model.metadata_props.add(key=key, value=value)
    content: bytes = model.SerializeToString()
    return content


def to_torch(facts: Facts) -> bytes:
    """Give a model as a file of ``torch.export``; its metadata are the extra file ``ser.json``.

    Args:
        facts: The model, and what the file says of it.

    Raises:
        ExportError: If the model has no such form, or the file would answer differently.
    """
    predictor = facts.predictor
    found = copy.deepcopy(whole(predictor))
    if has_lstm(found):
        raise ExportError(
            f"{facts.network} has an LSTM, which torch.export unrolls over the steps of one "
            "length; export to=onnx or to=safetensors."
        )
    program = _traced(predictor, found)
    file = BytesIO()
    with _plainly("run as a program of torch.export"):
        far = deviation(predictor, program.module())
        torch.export.save(program, file, extra_files={ABOUT: json.dumps(_about(facts, far))})
    return file.getvalue()


def _about(facts: Facts, far: float) -> Mapping[str, str]:
    return {**facts.metadata(), "parity": f"{far:.1e}", "tolerance": f"{TOLERANCE:g}"}


def _traced(predictor: Predictor, module: nn.Module) -> Any:
    sounds = list(probes(predictor.sample_rate, 2 * shortest(predictor)))
    inputs, free = padded(sounds[1:3]), torch.export.Dim.DYNAMIC
    with _plainly("traced"), plain_torch(inference=False), torch.no_grad():
        return torch.export.export(
            module.requires_grad_(False).cpu(),
            inputs,
            dynamic_shapes={"waveform": {0: free, 1: free}, "lengths": {0: free}},
            strict=False,
            prefer_deferred_runtime_asserts_over_guards=True,
        )


def _package(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise ExportError(
            f"to=onnx needs the package {name}; install the extra: pip install '.[export]'."
        ) from error


def _session(runtime: Any, content: bytes) -> Any:
    options = runtime.SessionOptions()
    options.log_severity_level = 3  # errors alone
    return runtime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


def _run(session: Any, waveform: Tensor, lengths: Tensor) -> Tensor:
    inputs = {"waveform": waveform.numpy(), "lengths": lengths.numpy()}
    return torch.from_numpy(session.run(None, inputs)[0])


@contextmanager
def _plainly(how: str) -> Iterator[None]:
    """Keep the exporters' own messages away, and put what they refuse into a sentence."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with catch_warnings():
            simplefilter("ignore")
            yield
    except SerError:
        raise
    except Exception as error:  # anything: the network may be somebody else's
        raise ExportError(
            f"the model cannot be {how} ({in_a_line(error)[:300]}); export to=safetensors."
        ) from error
    finally:
        logging.disable(before)

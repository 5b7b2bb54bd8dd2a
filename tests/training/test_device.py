"""Which precision is chosen, decided without the device being there."""

from types import SimpleNamespace

import pytest
import torch
from torch import nn

from ser.errors import ConfigError
from ser.training import device


@pytest.mark.parametrize(("has_bf16", "expected"), [(True, "bf16-mixed"), (False, "16-mixed")])
def test_cuda_takes_bf16_where_the_device_computes_in_it(monkeypatch, has_bf16, expected):
    def supported(including_emulation=True):  # a T4 keeps numbers in bf16, and computes without
        return including_emulation or has_bf16

    monkeypatch.setattr(torch.cuda, "is_bf16_supported", supported)
    assert device.resolve_precision("auto", "cuda") == expected


@pytest.mark.parametrize(("has_bf16", "expected"), [(True, "bf16-mixed"), (False, "32-true")])
def test_the_cpu_takes_bf16_where_it_has_instructions_for_it(monkeypatch, has_bf16, expected):
    monkeypatch.setattr(device, "cpu_has_bf16", lambda: has_bf16)
    assert device.resolve_precision("auto", "cpu") == expected


def test_a_precision_that_is_asked_for_is_kept():
    assert device.resolve_precision("64-true", "cpu") == "64-true"


def test_auto_takes_cuda_where_it_is(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert device.resolve_accelerator("auto") == "cuda"


def test_cuda_that_is_absent_is_refused_with_the_way_out(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ConfigError, match="Take trainer=auto or trainer=cpu"):
        device.resolve_accelerator("cuda")
    assert device.resolve_accelerator("auto") == "cpu"


@pytest.mark.parametrize("name", ["cuda", "gpu"])
def test_cuda_multiplies_in_tf32_and_other_devices_do_not(monkeypatch, name):
    asked = []
    monkeypatch.setattr(torch, "set_float32_matmul_precision", asked.append)
    device.allow_tf32("cpu")
    assert asked == []
    device.allow_tf32(name)
    assert asked == ["high"]


@pytest.mark.parametrize(
    ("accelerator", "compiled", "deterministic", "asked", "expected"),
    [
        ("cuda", "reduce-overhead", None, None, True),
        ("cuda", "reduce-overhead", True, None, False),
        ("cuda", None, None, None, False),
        ("cuda", None, None, True, True),
        ("cpu", "default", None, None, None),
    ],
)
def test_cudnn_tries_algorithms_out_where_shapes_repeat_and_timing_may_decide(
    accelerator, compiled, deterministic, asked, expected
):
    trainer = SimpleNamespace(compile=compiled, deterministic=deterministic)
    assert device.resolve_benchmark(asked, trainer, accelerator) is expected


@pytest.mark.parametrize("mode", device.MODES)
def test_a_network_is_compiled_in_the_mode_asked_for_and_keeps_the_names_of_its_weights(
    monkeypatch, mode
):
    network, modes = nn.Linear(2, 3), []

    def compiled(function, *, mode):
        modes.append(mode)
        return function

    monkeypatch.setattr(torch, "compile", compiled)
    device.compile_network(network, mode)
    assert modes == [mode]
    assert set(network.state_dict()) == {"weight", "bias"}
    assert network(torch.ones(1, 2)).shape == (1, 3)


def test_a_mode_of_compilation_that_is_none_is_refused_with_those_there_are():
    with pytest.raises(ConfigError, match=r"trainer\.compile='fast' is unknown; .*reduce-overhead"):
        device.compile_network(nn.Linear(1, 1), "fast")

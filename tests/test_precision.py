"""Which precision is chosen, decided without the device being there."""

import pytest
import torch

from ser import precision
from ser.errors import ConfigError


@pytest.mark.parametrize(("has_bf16", "expected"), [(True, "bf16-mixed"), (False, "16-mixed")])
def test_cuda_takes_bf16_where_the_device_has_it(monkeypatch, has_bf16, expected):
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: has_bf16)
    assert precision.resolve_precision("auto", "cuda") == expected


@pytest.mark.parametrize(("has_bf16", "expected"), [(True, "bf16-mixed"), (False, "32-true")])
def test_the_cpu_takes_bf16_where_it_has_instructions_for_it(monkeypatch, has_bf16, expected):
    monkeypatch.setattr(precision, "cpu_has_bf16", lambda: has_bf16)
    assert precision.resolve_precision("auto", "cpu") == expected


def test_a_precision_that_is_asked_for_is_kept():
    assert precision.resolve_precision("64-true", "cpu") == "64-true"


def test_auto_takes_cuda_where_it_is(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert precision.resolve_accelerator("auto") == "cuda"


def test_cuda_that_is_absent_is_refused_with_the_way_out(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ConfigError, match="Take trainer=auto or trainer=cpu"):
        precision.resolve_accelerator("cuda")
    assert precision.resolve_accelerator("auto") == "cpu"

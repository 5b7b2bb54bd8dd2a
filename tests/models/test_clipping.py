"""Clipped steps are fused where that is sound, and clipping is one thing in every precision."""

from types import SimpleNamespace

import pytest
import torch
from pytorch_lightning.plugins import HalfPrecision, MixedPrecision, Precision
from torch import nn
from torch.optim import adam

from ser.models.clipping import clip, steps_fused

BF16, FP32 = MixedPrecision("bf16-mixed", "cpu"), Precision()
FP16 = MixedPrecision("16-mixed", "cpu", scaler=torch.amp.GradScaler("cpu"))


def training(plugin, device="cuda", value=1.0):
    """What a Trainer says of itself."""
    strategy = SimpleNamespace(root_device=torch.device(device))
    return SimpleNamespace(
        gradient_clip_val=value, precision_plugin=plugin, strategy=strategy
    )  # fmt: skip


@pytest.mark.parametrize(
    ("trainer", "expected"),
    [
        (None, True),
        (training(FP16, value=None), True),
        (training(FP32), True),
        (training(FP32, "cpu"), True),
        (training(HalfPrecision("bf16-true")), True),
        (training(BF16), True),
        (training(BF16, "cpu"), False),
        (training(FP16), False),
    ],
)
def test_a_clipped_step_is_fused_but_on_scaled_gradients_and_in_bf16_on_a_cpu(trainer, expected):
    assert steps_fused(trainer) is expected


@pytest.mark.parametrize(("algorithm", "expected"), [(None, 0.5), ("norm", 0.5), ("value", 0.4)])
def test_a_fused_optimiser_is_clipped_in_bf16_by_norm_or_value(algorithm, expected):
    weight = nn.Parameter(torch.zeros(4))
    weight.grad = torch.ones(4)
    network = SimpleNamespace(trainer=training(BF16))
    value = 1.0 if algorithm != "value" else 0.4
    clip(network, torch.optim.AdamW([weight], fused=True), value, algorithm)
    assert weight.grad.tolist() == pytest.approx([expected] * 4, rel=1e-5)


def test_steps_of_several_kernels_round_otherwise_when_they_can_be_recorded(monkeypatch):
    monkeypatch.setattr(adam, "_get_capturable_supported_devices", lambda **_: ["cpu"])
    weights = {}
    for capturable in (False, True):
        weight = nn.Parameter(torch.linspace(-1, 1, 100))
        optimizer = torch.optim.AdamW([weight], lr=1e-3, foreach=True, capturable=capturable)
        for step in range(3):
            weight.grad = torch.sin(weight.detach() * (step + 1))
            optimizer.step()
        weights[capturable] = weight.detach()
    assert not weights[True].equal(weights[False])
    torch.testing.assert_close(weights[True], weights[False], rtol=1e-5, atol=1e-6)

"""LSTMs for ONNX: PyTorch's exporter would unroll them over the steps of one length."""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import Tensor, nn


class OnnxLSTM(nn.Module):
    """The operator ``LSTM`` of ONNX with the weights of one of PyTorch; of use in an export alone.

    Args:
        lstm: Layers in one direction, batch first.

    Shape:
        - states: ``(batch, steps, inputs)``
        - output: ``(batch, steps, hidden_size)``, and None
    """

    def __init__(self, lstm: nn.LSTM) -> None:
        super().__init__()
        self.layers = nn.ModuleList(_Layer(lstm, layer) for layer in range(lstm.num_layers))

    def forward(self, states: Tensor) -> tuple[Tensor, None]:
        """Return the states of every step."""
        states = states.transpose(0, 1)
        for layer in self.layers:
            states = layer(states)
        return states.transpose(0, 1), None


class _Layer(nn.Module):
    weight: Tensor
    recurrence: Tensor
    bias: Tensor

    def __init__(self, lstm: nn.LSTM, layer: int) -> None:
        super().__init__()
        self.hidden_size = lstm.hidden_size
        rows = _onnx_order(lstm.hidden_size)
        kinds = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        found = [lstm.get_parameter(f"{kind}_l{layer}").detach()[rows] for kind in kinds]
        self.register_buffer("weight", found[0][None])
        self.register_buffer("recurrence", found[1][None])
        self.register_buffer("bias", torch.cat(found[2:])[None])

    def forward(self, states: Tensor) -> Tensor:
        """Return the states of every step, ``(steps, batch, hidden_size)``."""
        steps, batch, _ = states.shape
        last = (1, batch, self.hidden_size)
        states_and_last: Any = torch.onnx.ops.symbolic_multi_out(
            "LSTM",
            [states, self.weight, self.recurrence, self.bias],
            attrs={"hidden_size": self.hidden_size},
            dtypes=[states.dtype] * 3,
            shapes=[(steps, 1, batch, self.hidden_size), last, last],
            version=14,
        )
        found: Tensor = states_and_last[0][:, 0]
        return found


def with_onnx_lstms(module: nn.Module) -> nn.Module:
    """Copy a module, with LSTMs of ONNX for those of PyTorch."""
    copied = copy.deepcopy(module)
    for name, part in list(copied.named_modules()):
        if isinstance(part, nn.LSTM):
            copied.set_submodule(name, OnnxLSTM(part))
    return copied


def has_lstm(module: nn.Module) -> bool:
    """Whether PyTorch's own exporter would unroll a part of a module."""
    return any(isinstance(part, nn.LSTM) for part in module.modules())


def _onnx_order(size: int) -> Tensor:
    """Rows of input, output, forget and cell gate; PyTorch has input, forget, cell and output."""
    gates = torch.arange(4 * size).view(4, size)
    return gates[[0, 3, 1, 2]].flatten()

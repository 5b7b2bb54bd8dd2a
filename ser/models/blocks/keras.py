"""Defaults of Keras, which the published recipes were trained with.

PyTorch draws weights and averages batch statistics differently; a recipe that is to be
repeated needs the defaults it was tuned under.
"""

from __future__ import annotations

from torch import nn


def batch_norm(layer: nn.Module) -> None:
    """Give a batch normalisation the constants of Keras: eps 1e-3, momentum 0.99."""
    if isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d):
        layer.eps = 1e-3
        layer.momentum = 0.01  # PyTorch weighs the new batch, Keras the old average


def initialise(layer: nn.Module) -> None:
    """Draw weights as Keras does: Glorot-uniform, biases zero, forget gates open.

    References:
        Glorot and Bengio, "Understanding the difficulty of training deep feedforward
        neural networks", AISTATS 2010.
    """
    if isinstance(layer, nn.Conv1d | nn.Conv2d | nn.Linear):
        nn.init.xavier_uniform_(layer.weight)
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)
    elif isinstance(layer, nn.LSTM):
        _initialise_lstm(layer)


def _initialise_lstm(layer: nn.LSTM) -> None:
    for name, parameter in layer.named_parameters():
        gates = parameter.data.chunk(4)
        if name.startswith("weight_ih"):
            nn.init.xavier_uniform_(parameter)
        elif name.startswith("weight_hh"):
            nn.init.orthogonal_(parameter)
        else:
            nn.init.zeros_(parameter)
            if name.startswith("bias_ih"):
                gates[1].fill_(1.0)

"""An LSTM that reads the steps of an utterance from both ends."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ser.models.blocks.frames import reverse


def read_both_ways(
    onwards: nn.Module, backwards: nn.Module | None, states: Tensor, lengths: Tensor | None
) -> Tensor:
    """States of an LSTM, and beside them those of another that begins at the end of each utterance.

    Args:
        onwards: LSTM that reads from the beginning.
        backwards: LSTM that reads from the end; None leaves that out.
        states: What is read.
        lengths: Steps that are not padding, or None.

    Shape:
        - states: ``(batch, steps, channels)``
        - lengths: ``(batch,)``, or None
        - output: ``(batch, steps, hidden_size)``, twice as many channels where both read
    """
    there: Tensor = onwards(states)[0]
    if backwards is None:
        return there
    back, _ = backwards(reverse(states, lengths))
    return torch.cat([there, reverse(back, lengths)], dim=2)

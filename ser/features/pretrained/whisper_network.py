"""The encoder of Whisper, in plain torch."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu, scaled_dot_product_attention

from ser.features.frames import frame_mask

HEAD = 64  # numbers of an attention head, in every published size


@dataclass(frozen=True)
class Size:
    """Size of an encoder.

    Args:
        n_mels: Mel bands that it reads.
        width: Numbers of each frame within it.
        layers: Blocks of attention.
        positions: Frames that it has codes for, 20 ms each.
    """

    n_mels: int
    width: int
    layers: int
    positions: int


class WhisperEncoder(nn.Module):
    """Two convolutions and the first blocks of attention of Whisper's encoder.

    The codes of positions are cut to the utterance's own length, where the paper pads it to 30 s.

    Args:
        size: Size of the whole encoder.
        layer: Blocks that are run. After the last block of all comes the encoder's layer norm.

    Shape:
        - mel: ``(batch, n_mels, frames)``, 0 beyond each utterance
        - counts: ``(batch,)``, frames of each utterance
        - output: ``(batch, positions, width)``, a position for every two frames

    References:
        Radford et al., "Robust speech recognition via large-scale weak supervision", 2022.
        https://arxiv.org/abs/2212.04356
    """

    def __init__(self, size: Size, layer: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv1d(size.n_mels, size.width, 3, padding=1)
        self.conv2 = nn.Conv1d(size.width, size.width, 3, stride=2, padding=1)
        self.positions = nn.Parameter(torch.empty(size.positions, size.width))
        self.blocks = nn.ModuleList(Block(size.width) for _ in range(layer))
        self.norm = nn.LayerNorm(size.width) if layer == size.layers else nn.Identity()

    def forward(self, mel: Tensor, counts: Tensor) -> Tensor:
        """Return the states after the last block that is run."""
        own = frame_mask(counts, mel.shape[2])[:, None]
        hidden = gelu(self.conv1(mel)) * own  # the second convolution reads zeros at the end
        states = gelu(self.conv2(hidden)).transpose(1, 2)
        states = states + self.positions[: states.shape[1]]
        heard = frame_mask(halved(counts), states.shape[1])[:, None, None]
        for block in self.blocks:
            states = block(states, heard)
        result: Tensor = self.norm(states)
        return result


class Block(nn.Module):
    """Self-attention and two dense layers, each after a norm and beside a residual connection.

    Args:
        width: Numbers of each frame.

    Shape:
        - states: ``(batch, frames, width)``
        - heard: ``(batch, 1, 1, frames)``, which frames are the utterance's own
        - output: ``(batch, frames, width)``
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.attention_norm = nn.LayerNorm(width)
        self.queries_keys_values = nn.Linear(width, 3 * width)
        self.attended = nn.Linear(width, width)
        self.dense_norm = nn.LayerNorm(width)
        self.wider = nn.Linear(width, 4 * width)
        self.narrower = nn.Linear(4 * width, width)

    def forward(self, states: Tensor, heard: Tensor) -> Tensor:
        """Return the next states."""
        states = states + self._attend(self.attention_norm(states), heard)
        dense: Tensor = self.narrower(gelu(self.wider(self.dense_norm(states))))
        return states + dense

    def _attend(self, states: Tensor, heard: Tensor) -> Tensor:
        batch, frames, width = states.shape
        parts = self.queries_keys_values(states).view(batch, frames, 3, -1, HEAD)
        query, key, value = parts.permute(2, 0, 3, 1, 4)  # (batch, heads, frames, HEAD) each
        mixed = scaled_dot_product_attention(query, key, value, attn_mask=heard)
        attended: Tensor = self.attended(mixed.transpose(1, 2).reshape(batch, frames, width))
        return attended


def halved(counts: Tensor) -> Tensor:
    """Frames that the second convolution leaves of so many."""
    return (counts + 1).div(2, rounding_mode="floor")

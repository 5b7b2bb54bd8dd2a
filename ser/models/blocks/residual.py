"""Normalised convolutions over a picture, and the residual unit made of them."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

from ser.models.blocks.masking import Mask, MaskedBatchNorm2d, zero_padding


class NormalisedConvolution(nn.Module):
    """A convolution padded on all sides, and batch normalisation for a bias.

    Args:
        inputs: Maps that go in.
        outputs: Maps that come out.
        kernel: Side of the square kernel.
        stride: Steps of the kernel, along both axes.

    Shape:
        - maps: ``(batch, inputs, height, frames)``
        - mask: ``(batch, 1, 1, frames)`` of bool, or None
        - output: ``(batch, outputs, height, frames)``, height and frames divided by ``stride``
          and rounded up
    """

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1) -> None:
        super().__init__()
        before, after = (kernel - 1) // 2, kernel // 2
        # Explicit, since PyTorch copies and warns when it pads an even kernel to "same".
        self.edge = nn.ZeroPad2d((before, after) * 2) if before != after else nn.Identity()
        padding = before if before == after else 0
        self.convolution = nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=False)
        self.stride = stride
        self.norm = MaskedBatchNorm2d(outputs)

    def forward(self, maps: Tensor, mask: Mask = None) -> Tensor:
        """Convolve and normalise; padding takes no part."""
        maps = self.convolution(self.edge(zero_padding(maps, mask)))
        kept = None if mask is None else mask[..., :: self.stride]
        normal: Tensor = self.norm(maps, kept)
        return normal


class ResidualUnit(nn.Module):
    """Two convolutions that learn what to add to their input, which starts at zero.

    Args:
        width: Maps in and out.
        kernel: Side of the square kernels.

    Shape:
        - maps: ``(batch, width, height, frames)``
        - mask: ``(batch, 1, 1, frames)`` of bool, or None
        - output: as ``maps``
    """

    def __init__(self, width: int, kernel: int) -> None:
        super().__init__()
        self.first = NormalisedConvolution(width, width, kernel)
        self.second = NormalisedConvolution(width, width, kernel)
        nn.init.zeros_(self.second.norm.weight)

    def forward(self, maps: Tensor, mask: Mask = None) -> Tensor:
        """Add the residual."""
        residual = self.second(self.first(maps, mask).relu(), mask)
        return functional.relu(maps + residual)

"""Convolutions that two published networks share: along vectors, and over pictures."""

from __future__ import annotations

from torch import Tensor, nn

from ser.models.blocks.vectors import convolution


def emodb_stack(dropout: float) -> nn.Sequential:
    """Eight convolutions that halve a vector seven times and end in 64 channels.

    Args:
        dropout: Factor on the published dropout rates.

    Shape:
        - input: ``(batch, 1, length)``
        - output: ``(batch, 64, (length - 7) // 2**7)``
    """
    layers = [*convolution(1, 256, 8), *convolution(256, 256, 8, "valid")]
    widths = (256, 256, 128, 128, 128, 256, 64)
    rates = (0.25, 0.25, 0.25, 0.25, 0.5, 0.5, 0.5)
    for block, (width, rate) in enumerate(zip(widths, rates, strict=True)):
        if block:
            layers += convolution(widths[block - 1], width, 8)
        layers += [nn.MaxPool1d(2), nn.BatchNorm1d(width), nn.Dropout(rate * dropout)]
    return nn.Sequential(*layers)


EMODB_SHORTEST = 2**7 + 7  # seven halvings, after a valid convolution of eight


class ConvolutionBlock(nn.Module):
    """Convolution, ReLU, dropout, batch normalisation; maps keep their size.

    Args:
        inputs: Maps in.
        outputs: Maps out.
        kernel: Side of the square kernel.
        dropout: Dropout rate.
        normalise: Whether there is a batch normalisation.

    Shape:
        - maps: ``(batch, inputs, height, frames)``
        - output: ``(batch, outputs, height, frames)``
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int,
        *,
        dropout: float = 0.0,
        normalise: bool = True,
    ) -> None:
        super().__init__()
        # Explicit, since PyTorch copies and warns when it pads an even kernel to "same".
        self.edge = nn.ZeroPad2d(((kernel - 1) // 2, kernel // 2) * 2)
        self.convolution = nn.Conv2d(inputs, outputs, kernel)
        self.dropout = nn.Dropout(dropout)
        self.norm = nn.BatchNorm2d(outputs) if normalise else None

    def forward(self, maps: Tensor) -> Tensor:
        """Convolve and normalise."""
        maps = self.dropout(self.convolution(self.edge(maps)).relu())
        return maps if self.norm is None else self.norm(maps)

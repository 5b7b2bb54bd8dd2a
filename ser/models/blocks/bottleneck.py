"""The block that ResNet-50 is made of."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

from ser.models.blocks.masking import MaskedBatchNorm2d, frame_mask, shrink, zero_padding


class Bottleneck(nn.Module):
    """A 1x1, a 3x3 and a 1x1 convolution that learn what to add to their input.

    Args:
        inputs: Maps that go in.
        width: Maps of the 3x3 convolution; four times as many come out.
        stride: Step of the block along both axes.
        stride_at: Convolution that has the stride, 1 or 3.
        bias: Whether convolutions have biases.

    Shape:
        - maps: ``(batch, inputs, height, frames)``
        - lengths: ``(batch,)``, or None
        - output: ``(batch, 4 * width, height / stride, frames / stride)``, rounded up, and
          the lengths therein
    """

    def __init__(self, inputs: int, width: int, stride: int, stride_at: int, bias: bool) -> None:
        super().__init__()
        outputs = 4 * width
        self.strides = first, second = (stride, 1) if stride_at == 1 else (1, stride)
        self.conv1 = nn.Conv2d(inputs, width, 1, first, bias=bias)
        self.bn1 = MaskedBatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, second, padding=1, bias=bias)
        self.bn2 = MaskedBatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, outputs, 1, bias=bias)
        self.bn3 = MaskedBatchNorm2d(outputs)
        self.downsample: nn.Sequential | None = None
        if stride > 1 or inputs != outputs:
            projection = nn.Conv2d(inputs, outputs, 1, stride, bias=bias)
            self.downsample = nn.Sequential(projection, MaskedBatchNorm2d(outputs))

    def forward(self, maps: Tensor, lengths: Tensor | None) -> tuple[Tensor, Tensor | None]:
        """Add the residual."""
        shortcut, first, second = maps, *self.strides
        maps = self.conv1(maps)
        lengths = shrink(lengths, 1, first)
        mask = frame_mask(lengths, maps)
        # Only the 3x3 convolution looks at other frames, so only there padding has to be zero.
        maps = self.conv2(zero_padding(self.bn1(maps, mask).relu(), mask))
        lengths = shrink(lengths, 3, second, padding=1)
        mask = frame_mask(lengths, maps)
        maps = self.bn3(self.conv3(self.bn2(maps, mask).relu()), mask)
        if self.downsample is not None:
            projection, norm = self.downsample
            shortcut = norm(projection(shortcut), mask)
        return functional.relu(maps + shortcut), lengths


def bottlenecks(
    inputs: int, width: int, blocks: int, *, stride: int, stride_at: int, bias: bool
) -> nn.Sequential:
    """Blocks of a stage, of which the first one has the stride; arguments as in ``Bottleneck``."""
    first = Bottleneck(inputs, width, stride, stride_at, bias)
    rest = [Bottleneck(4 * width, width, 1, stride_at, bias) for _ in range(blocks - 1)]
    return nn.Sequential(first, *rest)

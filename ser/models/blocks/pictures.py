"""Features seen as a picture of one channel, and a block of convolutions over it."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

from ser.models.blocks.checks import check_axes
from ser.models.blocks.masking import MaskedBatchNorm2d, frame_mask, shrink, zero_padding


class ConvolutionBlock(nn.Module):
    """Convolution, ReLU, max pooling, batch normalisation; padding takes no part.

    Args:
        inputs: Maps in.
        outputs: Maps out.
        kernel: Side of the square kernel.
        stride: Steps of the kernel, along both axes.
        pool: Side and stride of the square pooling; 1 keeps the size of the maps.

    Shape:
        - maps: ``(batch, inputs, height, frames)``
        - lengths: ``(batch,)``, frames that are not padding, or None
        - output: ``(batch, outputs, height, frames)``, height and frames divided by ``stride``
          and by ``pool``, rounded up, and the frames of each utterance that are left
    """

    def __init__(
        self, inputs: int, outputs: int, kernel: int, *, stride: int = 1, pool: int = 1
    ) -> None:
        super().__init__()
        # Explicit, since PyTorch copies and warns when it pads an even kernel to "same".
        self.edge = nn.ZeroPad2d(((kernel - 1) // 2, kernel // 2) * 2)
        self.convolution = nn.Conv2d(inputs, outputs, kernel, stride)
        self.stride, self.pool = stride, pool
        self.norm = MaskedBatchNorm2d(outputs)

    def forward(self, maps: Tensor, lengths: Tensor | None) -> tuple[Tensor, Tensor | None]:
        """Convolve, pool and normalise."""
        mask = frame_mask(lengths, maps)
        maps = self.convolution(self.edge(zero_padding(maps, mask))).relu()
        if self.stride > 1:
            lengths = shrink(lengths, 1, self.stride)
            mask = frame_mask(lengths, maps)
        if self.pool > 1:
            # Zero is what padding has to be: after a ReLU it is no rival to a maximum. The
            # incomplete window at the end is kept, so that one frame is enough.
            maps = functional.max_pool2d(zero_padding(maps, mask), self.pool, ceil_mode=True)
            lengths = shrink(lengths, 1, self.pool)
            mask = frame_mask(lengths, maps)
        return self.norm(maps, mask), lengths


def as_picture(features: Tensor) -> Tensor:
    """Add the channel axis, ``(batch, 1, num_features, frames)``.

    Raises:
        ConfigError: If the features are not a matrix of at least one frame an utterance.
    """
    check_axes(features, 3)
    return features[:, None]

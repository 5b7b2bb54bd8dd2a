"""Convolution over the frames of an utterance, normalised; padding takes no part."""

from __future__ import annotations

from torch import Tensor, nn

from ser.models.blocks.masking import MaskedBatchNorm2d, frame_mask, shrink, zero_padding


class FrameConvolution(nn.Module):
    """A convolution along time that hears all channels at once, batch normalisation, ReLU.

    Args:
        inputs: Channels in.
        outputs: Channels out.
        kernel: Frames that one output hears, an odd number.
        stride: Frames from one output to the next.
        dilation: Frames from one tap of the kernel to the next.

    Shape:
        - frames: ``(batch, inputs, frames)``
        - lengths: ``(batch,)``, frames that are not padding, or None
        - output: ``(batch, outputs, frames / stride)``, rounded up, and the frames of each
          utterance that are left
    """

    def __init__(
        self, inputs: int, outputs: int, kernel: int, *, stride: int = 1, dilation: int = 1
    ) -> None:
        super().__init__()
        self.stride = stride
        self.convolution = nn.Conv1d(
            inputs,
            outputs,
            kernel,
            stride=stride,
            padding=dilation * (kernel // 2),
            dilation=dilation,
            bias=False,
        )
        self.norm = MaskedBatchNorm2d(outputs)
        nn.init.kaiming_normal_(self.convolution.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, frames: Tensor, lengths: Tensor | None) -> tuple[Tensor, Tensor | None]:
        """Convolve and normalise."""
        maps = self.convolution(zero_padding(frames, frame_mask(lengths, frames)))[:, :, None]
        lengths = shrink(lengths, 1, self.stride)
        return self.norm(maps, frame_mask(lengths, maps))[:, :, 0].relu(), lengths

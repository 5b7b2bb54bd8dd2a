"""Padding takes no part: layers over a padded batch equal plain ones over what is not padding."""

import pytest
import torch
from torch import nn

from ser.models.blocks.masking import (
    MaskedBatchNorm2d,
    frame_mask,
    max_over_frames,
    mean_over_frames,
    shrink,
)

LENGTHS = torch.tensor([3, 7, 5])


@pytest.fixture
def maps():
    """A batch whose padding is far from zero, so that whoever reads it is found out."""
    maps = torch.randn(3, 4, 5, 7, generator=torch.Generator().manual_seed(0))
    return maps.masked_fill(~frame_mask(LENGTHS, maps), 100.0).requires_grad_()


def unpadded(maps):
    """Every valid position as a batch of its own, ``(positions, channels)``."""
    return torch.cat([m[..., :n].flatten(1).T for m, n in zip(maps, LENGTHS, strict=True)])


@pytest.mark.parametrize("way", ["_gathered", "_weighted"])
def test_batch_norm_is_that_of_the_valid_positions_gradients_included(maps, way):
    torch.manual_seed(0)
    plain, masked = nn.BatchNorm1d(4), MaskedBatchNorm2d(4)
    for layer in (plain, masked):
        nn.init.constant_(layer.weight, 1.5)
        nn.init.constant_(layer.bias, -0.5)
    ours = getattr(masked, way)(maps, frame_mask(LENGTHS, maps))
    expected = plain(unpadded(maps))
    torch.testing.assert_close(unpadded(ours), expected, atol=1e-5, rtol=0)
    torch.testing.assert_close(masked.running_mean, plain.running_mean)
    torch.testing.assert_close(masked.running_var, plain.running_var)
    assert int(masked.num_batches_tracked) == 1
    assert ours.masked_select(~frame_mask(LENGTHS, maps)).eq(0).all()
    pull = torch.randn(expected.shape)
    found, wanted = (
        torch.autograd.grad((y * pull).sum(), [maps, layer.weight, layer.bias])
        for y, layer in ((unpadded(ours), masked), (expected, plain))
    )
    for one, other in zip(found, wanted, strict=True):
        torch.testing.assert_close(one, other, atol=1e-4, rtol=1e-4)


def test_without_a_mask_batch_norm_is_the_usual_one(maps):
    torch.testing.assert_close(MaskedBatchNorm2d(4)(maps), nn.BatchNorm2d(4)(maps))


@pytest.mark.parametrize(
    ("pool", "reduce"), [(mean_over_frames, "mean"), (max_over_frames, "amax")]
)
def test_pooling_over_frames_reads_no_padding(maps, pool, reduce):
    pooled = pool(maps, frame_mask(LENGTHS, maps))
    rows = [m[..., :n].flatten(1) for m, n in zip(maps, LENGTHS, strict=True)]
    expected = torch.stack([getattr(row, reduce)(1) for row in rows])
    torch.testing.assert_close(pooled, expected)


@pytest.mark.parametrize(("kernel", "stride", "padding"), [(3, 2, 1), (2, 2, 0), (7, 2, 3)])
def test_lengths_shrink_as_maps_do(kernel, stride, padding):
    layer = nn.Conv1d(1, 1, kernel, stride, padding)
    for length in range(2 if padding == 0 else 1, 20):
        frames = layer(torch.zeros(1, 1, length)).shape[-1]
        assert shrink(torch.tensor([length]), kernel, stride, padding).tolist() == [frames]

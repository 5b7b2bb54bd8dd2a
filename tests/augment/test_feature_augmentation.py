import math
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from ser.augment import Mixup, SpecAugment
from ser.errors import ConfigError

CLASSES = 4


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def ones(batch: int = 200) -> Tensor:
    return torch.ones(batch, 24, 60)


def longest_run(hidden: Tensor) -> int:
    """Length of the longest run of True."""
    runs = "".join("x" if h else " " for h in hidden.tolist()).split()
    return max(map(len, runs), default=0)


def test_equal_seeds_mask_alike() -> None:
    assert torch.equal(SpecAugment()(ones(), seeded(3)), SpecAugment()(ones(), seeded(3)))


def test_every_utterance_has_its_own_masks() -> None:
    masked = SpecAugment()(ones(), seeded())
    assert len({tuple(row.flatten().tolist()) for row in masked}) > 190


@pytest.mark.parametrize("module", [SpecAugment(), Mixup()])
def test_the_global_generator_is_left_alone(module: nn.Module) -> None:
    state = torch.get_rng_state()
    arguments = (ones(4), torch.ones(4), torch.eye(4)) if isinstance(module, Mixup) else (ones(4),)
    module(*arguments, seeded())
    assert torch.equal(torch.get_rng_state(), state)


def test_a_time_mask_is_as_wide_as_stated_at_most() -> None:
    masked = SpecAugment(time_masks=1, time_width=10, frequency_masks=0)(ones(), seeded())
    widths = [longest_run(row) for row in (masked == 0).all(1)]
    assert (min(widths), max(widths)) == (0, 10)


def test_a_frequency_mask_is_as_wide_as_stated_at_most() -> None:
    masked = SpecAugment(time_masks=0, frequency_masks=1, frequency_width=5)(ones(), seeded())
    widths = [longest_run(row) for row in (masked == 0).all(2)]
    assert (min(widths), max(widths)) == (0, 5)


def test_several_masks_hide_no_more_than_their_widths_together() -> None:
    masked = SpecAugment(time_masks=3, time_width=4, frequency_masks=0)(ones(), seeded())
    assert (masked == 0).all(1).sum(1).max() <= 12


def test_masks_reach_both_ends() -> None:
    hidden = SpecAugment(time_masks=1, frequency_masks=0)(ones(2000), seeded())[:, 0] == 0
    assert hidden.any(0).all()


def test_a_mask_wider_than_the_features_may_hide_them_all_and_no_more() -> None:
    masked = SpecAugment(time_masks=1, time_width=1000, frequency_masks=0)(ones(), seeded())
    assert (masked == 0).all(1).sum(1).max() == 60


def test_what_is_not_masked_is_untouched() -> None:
    features = torch.randn(50, 24, 60, generator=seeded(1))
    masked = SpecAugment()(features, seeded())
    assert torch.equal(masked[masked != 0], features[masked != 0])


def test_masks_are_whole_rows_and_columns() -> None:
    hidden = SpecAugment()(ones(), seeded()) == 0
    rows, columns = hidden.all(2, keepdim=True), hidden.all(1, keepdim=True)
    assert torch.equal(hidden, rows | columns)


def test_time_masks_stay_out_of_the_padding() -> None:
    lengths = torch.arange(1, 61)
    masked = SpecAugment(frequency_masks=0)(ones(60), seeded(), lengths)
    beyond = torch.arange(60) >= lengths[:, None]
    assert (masked[:, 0][beyond] == 1).all()


def test_vectors_are_masked_along_their_features_alone() -> None:
    masked = SpecAugment(frequency_masks=1, frequency_width=5)(torch.ones(200, 24), seeded())
    widths = [longest_run(row) for row in masked == 0]
    assert (min(widths), max(widths)) == (0, 5)


def test_evaluation_mode_masks_nothing() -> None:
    assert torch.equal(SpecAugment().eval()(ones(), seeded()), ones())


@pytest.mark.parametrize("name", ["time_masks", "time_width", "frequency_masks", "frequency_width"])
def test_a_negative_mask_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match=f"{name}=-1 must be 0 or more; 0 switches it off"):
        SpecAugment(**{name: -1})


@pytest.fixture
def batch() -> tuple[Tensor, Tensor, Tensor]:
    """Features that spell out their own one-hot target, so that mixing shows."""
    target = torch.eye(CLASSES).repeat(16, 1)
    return target.unsqueeze(2).expand(-1, -1, 5), torch.arange(len(target)), target


def test_equal_seeds_mix_alike(batch: tuple[Tensor, Tensor, Tensor]) -> None:
    first, second = Mixup()(*batch, seeded(5)), Mixup()(*batch, seeded(5))
    assert all(map(torch.equal, first, second))


def test_other_seeds_mix_otherwise(batch: tuple[Tensor, Tensor, Tensor]) -> None:
    first, second = Mixup()(*batch, seeded(5)), Mixup()(*batch, seeded(6))
    assert not torch.equal(first[2], second[2])


def test_soft_targets_sum_to_one(batch: tuple[Tensor, Tensor, Tensor]) -> None:
    *_, soft = Mixup(alpha=1.0)(*batch, seeded())
    torch.testing.assert_close(soft.sum(1), torch.ones(64))


def test_targets_are_mixed_as_their_features_are(batch: tuple[Tensor, Tensor, Tensor]) -> None:
    mixed, _, soft = Mixup(alpha=1.0)(*batch, seeded())
    torch.testing.assert_close(mixed, soft.unsqueeze(2).expand(-1, -1, 5))


def test_mixing_really_mixes(batch: tuple[Tensor, Tensor, Tensor]) -> None:
    *_, soft = Mixup(alpha=1.0)(*batch, seeded())
    assert (soft.amax(1) < 0.95).float().mean() > 0.4


def test_mixing_weights_follow_their_beta_distribution() -> None:
    target = torch.eye(2000)  # no two alike: every target shows its weight
    *_, soft = Mixup(alpha=0.5)(torch.zeros(2000, 1), torch.ones(2000), target, seeded())
    variance = soft.diagonal().var()
    assert variance == pytest.approx(1 / (4 * (2 * 0.5 + 1)), abs=0.01)


def test_vectors_are_mixed_too() -> None:
    mixed, _, soft = Mixup()(torch.eye(CLASSES), torch.ones(CLASSES), torch.eye(CLASSES), seeded())
    torch.testing.assert_close(mixed, soft)


def test_evaluation_mode_mixes_nothing(batch: tuple[Tensor, Tensor, Tensor]) -> None:
    mixed, _, soft = Mixup().eval()(*batch, seeded())
    assert torch.equal(mixed, batch[0])
    assert torch.equal(soft, batch[2])


def test_a_mixture_is_as_long_as_the_longer(batch: tuple[Tensor, Tensor, Tensor]) -> None:
    _, lengths, _ = Mixup(alpha=1.0)(*batch, seeded())
    assert (lengths >= batch[1]).all()
    assert (lengths > batch[1]).any()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"alpha": 0.0}, "alpha=0.0 must be positive; leave mixup out"),
        ({"alpha": math.nan}, "alpha=nan must be positive"),
    ],
)
def test_bad_mixup_settings_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Mixup(**settings)

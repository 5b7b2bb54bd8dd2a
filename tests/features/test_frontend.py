import json
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from ser.errors import ConfigError
from ser.features import MFCC, FrontEnd, Functionals, LogMel, UtteranceStatistics, build_front_end

Speech = Callable[[int], Tensor]
Batch = tuple[Tensor, Tensor]
AS_IT_IS = {"trim": None, "level": None}
ALL_PARTS = ["zcr", "chroma", "mfcc", "rms", "mel", "tonnetz"]
FRONT_ENDS = {
    "log-mel": LogMel(offset=0.1),
    "mfcc": MFCC(duration=2.0, pad=True),
    "mfcc-unpadded": MFCC(duration=None, pad=False),
    "statistics": UtteranceStatistics(
        parts=ALL_PARTS, mel_decibels=False, offset=0.05, level_window=0.03
    ),
    "statistics-db": UtteranceStatistics(duration=1.0, pad=True),
    "functionals": Functionals(offset=0.05),
}


@pytest.fixture(params=FRONT_ENDS.values(), ids=FRONT_ENDS.keys())
def front_end(request: pytest.FixtureRequest) -> FrontEnd:
    return request.param


@pytest.fixture
def batch(vowel: Speech, front_end: FrontEnd) -> Batch:
    """A long loud utterance and two shorter, softer ones with rubbish after their ends."""
    long = vowel(front_end.sample_rate)
    lengths = torch.tensor([len(long), len(long) * 2 // 3 + 1, len(long) // 2])
    return torch.stack([long, long / 30, long.flip(0) / 500]), lengths


def test_an_utterance_gives_the_same_numbers_alone_and_among_longer_ones(
    front_end: FrontEnd, batch: Batch
) -> None:
    waveform, lengths = batch
    together = front_end(waveform, lengths)
    for i, length in enumerate(lengths.tolist()):
        alone = front_end(waveform[i : i + 1, :length])[0]
        own = together[i, ..., : alone.shape[-1]]
        torch.testing.assert_close(own, alone, atol=1e-4, rtol=1e-5)


def test_frames_beyond_an_utterance_are_exactly_zero(front_end: FrontEnd, batch: Batch) -> None:
    waveform, lengths = batch
    features = front_end(waveform, lengths)
    if front_end.sequence:
        frames = front_end.transform(waveform, lengths)[1]
        for utterance, count in zip(features, frames, strict=True):
            assert not utterance[:, count:].any()
            assert utterance[:, :count].any(0).all()


def test_num_frames_is_what_each_utterance_gives(front_end: FrontEnd, batch: Batch) -> None:
    waveform, lengths = batch
    for i, length in enumerate(lengths.tolist()):
        features = front_end(waveform[i : i + 1, :length])
        frames = features.shape[2] if front_end.sequence else 1
        assert int(front_end.num_frames(lengths)[i]) == frames


def test_num_features_is_the_size_of_dimension_1(front_end: FrontEnd, batch: Batch) -> None:
    assert front_end(*batch).shape[1] == front_end.num_features


def test_a_specification_survives_json(front_end: FrontEnd, batch: Batch) -> None:
    spec = json.loads(json.dumps(front_end.spec()))
    rebuilt = build_front_end(spec)
    assert rebuilt.spec() == front_end.spec() == spec
    assert torch.equal(rebuilt(*batch), front_end(*batch))


def test_autocast_leaves_features_as_they_are(front_end: FrontEnd, batch: Batch) -> None:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        features = front_end(*batch)
    assert features.dtype == torch.float32
    assert torch.equal(features, front_end(*batch))


def test_front_ends_put_nothing_into_a_checkpoint(front_end: FrontEnd) -> None:
    assert not front_end.state_dict()


def test_digital_silence_gives_finite_numbers(front_end: FrontEnd) -> None:
    assert front_end(torch.zeros(2, 30_000)).isfinite().all()


def test_clip_drops_the_offset_and_keeps_the_duration() -> None:
    front_end = LogMel(1000, window=0.1, hop=0.05, n_mels=4, offset=0.6, duration=2.5, **AS_IT_IS)
    clipped, lengths = front_end.clip(torch.arange(5000.0)[None])
    assert torch.equal(clipped, torch.arange(600.0, 3100.0)[None])
    assert lengths.tolist() == [2500]


def test_clip_pads_with_zeros_that_count_as_signal() -> None:
    front_end = LogMel(1000, window=0.1, hop=0.05, n_mels=4, duration=2.0, pad=True, **AS_IT_IS)
    clipped, lengths = front_end.clip(torch.ones(1, 1500), torch.tensor([1200]))
    assert clipped.sum() == 1200
    assert clipped.shape == (1, 2000)
    assert lengths.tolist() == [2000]


@pytest.mark.parametrize(("length", "kept"), [(1000, 400), (650, 100), (300, 100), (40, 40)])
def test_a_short_utterance_keeps_at_least_one_window_whatever_the_offset(
    length: int, kept: int
) -> None:
    front_end = LogMel(1000, window=0.1, hop=0.05, n_mels=4, offset=0.6, **AS_IT_IS)
    waveform = torch.zeros(1, 1000)
    waveform[0, :length] = torch.arange(1.0, length + 1)
    clipped, lengths = front_end.clip(waveform, torch.tensor([length]))
    assert lengths.tolist() == [kept]
    assert clipped[0, -1] == length


def test_padding_without_a_duration_is_refused() -> None:
    with pytest.raises(ConfigError, match="duration=None"):
        LogMel(pad=True)


def test_a_negative_offset_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"offset=-0\.1 must be 0 or more"):
        LogMel(offset=-0.1)


def test_an_unknown_front_end_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"'Mel' is unknown .*; choose one of .*, Whisper"):
        build_front_end({"name": "Mel", "settings": {}})


def test_an_unknown_setting_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"no setting 'n_mel'; it has .*n_mels"):
        build_front_end({"name": "LogMel", "settings": {"n_mel": 3}})


def test_another_version_of_the_numbers_is_refused() -> None:
    with pytest.raises(ConfigError, match="version=0"):
        build_front_end({"name": "LogMel", "settings": {}, "version": 0})


def test_a_description_of_an_earlier_version_keeps_silence_and_level() -> None:
    spec = LogMel(trim=30.0, level=-20.0).spec()
    earlier = {k: v for k, v in spec["settings"].items() if k not in ("trim", "level")}
    rebuilt = build_front_end({**spec, "settings": earlier})
    assert rebuilt.trim is rebuilt.level is None

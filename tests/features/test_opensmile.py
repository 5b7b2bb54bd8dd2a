"""openSMILE's vectors as front ends: the package's own numbers, utterance by utterance."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from test_pinned_numbers import compare, glide
from torch import Tensor

from ser.errors import ConfigError
from ser.features import OpenSmile, build_front_end

Speech = Callable[[int], Tensor]
REASON = "needs openSMILE: pip install '.[opensmile]'"


@pytest.mark.parametrize("feature_set", ["eGeMAPSv02", "ComParE_2016"])
def test_the_numbers_are_those_of_the_package_alone_and_in_a_batch(
    vowel: Speech, feature_set: str
) -> None:
    opensmile = pytest.importorskip("opensmile", reason=REASON)
    speech = vowel(16_000)
    lengths = torch.tensor([len(speech), len(speech) // 2])
    front_end = OpenSmile(feature_set)
    found = front_end(torch.stack([speech, speech]), lengths)
    smile = opensmile.Smile(feature_set=feature_set, feature_level="func")
    for vector, length in zip(found, lengths.tolist(), strict=True):
        expected = smile.process_signal(speech[:length].numpy(), 16_000).iloc[0]
        np.testing.assert_array_equal(vector.numpy(), expected)
        assert front_end.feature_names == list(expected.index)
    assert found.shape[1] == front_end.num_features


def test_the_numbers_are_those_of_their_version() -> None:
    pytest.importorskip("opensmile", reason=REASON)
    front_end = OpenSmile()
    compare("OpenSmile", front_end.version, front_end(glide()[None]))


def test_short_sounds_and_silence_give_finite_numbers() -> None:
    pytest.importorskip("opensmile", reason=REASON)
    front_end = OpenSmile()
    assert front_end(0.1 * torch.rand(1, 80)).isfinite().all()
    assert front_end(torch.zeros(1, 16_000)).isfinite().all()


def test_a_description_is_rebuilt() -> None:
    pytest.importorskip("opensmile", reason=REASON)
    spec = OpenSmile("ComParE_2016", duration=2.0).spec()
    assert build_front_end(spec).spec() == spec


def test_without_the_extra_a_sentence_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ser.features.opensmile.find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"pip install 'ser-bench\[opensmile\]'"):
        OpenSmile()


def test_an_unknown_set_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="choose one of eGeMAPSv02, ComParE_2016"):
        OpenSmile("eGeMAPS")

"""Every way in which people hold audio is read as what it is, or refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from ser.errors import AudioError
from ser.inference.gate import admit, mix

RATE = 16_000
SHORT = 2**15  # full scale of 16 bits


def twin(samples):
    return np.stack([samples, samples])


FORMS = {
    "float64": lambda x: x.astype(np.float64),
    "int16": lambda x: (x * SHORT).astype(np.int16),
    "int32": lambda x: (x * 2.0**31).astype(np.int32),
    "big endian int16": lambda x: (x * SHORT).astype(">i2"),
    "big endian float32": lambda x: x.astype(">f4"),
    "uint16": lambda x: (x * SHORT + SHORT).astype(np.uint16),
    "list": lambda x: x.tolist(),
    "tensor": torch.from_numpy,
    "tensor of integers": lambda x: torch.from_numpy((x * SHORT).astype(np.int16)),
    "tensor with a gradient": lambda x: torch.from_numpy(x).clone().requires_grad_(),
    "backwards in memory": lambda x: x[::-1].copy()[::-1],
    "one channel": lambda x: x[None],
    "one channel, last": lambda x: x[:, None],
    "two channels": twin,
    "two channels, last": lambda x: twin(x).T,
    "two channels, last, as a tensor": lambda x: torch.from_numpy(twin(x)).T,
    "sixteen channels": lambda x: np.repeat(x[None], 16, axis=0),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_the_same_samples_are_read_from_every_form(speech, form):
    channels, rate = admit(form(speech), RATE)
    assert rate == RATE
    assert channels.dtype == torch.float32
    assert np.array_equal(mix(channels).numpy(), speech)


@pytest.mark.parametrize(("dtype", "kept"), [(torch.float16, 11), (torch.bfloat16, 8)])
def test_half_precision_is_read_to_its_own_precision(speech, dtype, kept):
    found = mix(admit(torch.from_numpy(speech).to(dtype), RATE)[0]).numpy()
    assert np.abs(found - speech).max() <= np.abs(speech).max() * 2.0**-kept


def test_few_samples_of_one_channel_are_a_channel(speech):
    assert admit(speech[None, :10], RATE)[0].shape == admit(speech[:10, None], RATE)[0].shape


def test_eight_bits_lie_around_their_middle(speech):
    unsigned = np.round(speech * 128 + 128).astype(np.uint8)
    signed = np.round(speech * 128).astype(np.int8)
    assert np.array_equal(admit(unsigned, RATE)[0], admit(signed, RATE)[0])
    assert np.abs(mix(admit(unsigned, RATE)[0]).numpy() - speech).max() <= 0.5 / 128


def test_a_refusal_quotes_no_more_than_a_line(speech):
    with pytest.raises(AudioError) as error:
        admit("a" * 100_000, RATE)
    assert len(str(error.value)) < 200


@pytest.mark.parametrize("scale", [1e-300, 1e-42])
def test_numbers_that_are_too_small_for_a_float_are_zeros_whatever_numpy_raises(speech, scale):
    samples = np.concatenate([speech, speech * scale])
    with np.errstate(all="raise"):
        found = admit(samples, RATE)[0]
    assert np.array_equal(found[0, : len(speech)], speech)


@pytest.mark.parametrize("rate", [RATE, float(RATE), np.int64(RATE), torch.tensor(RATE)])
def test_a_rate_may_be_any_whole_number(speech, rate):
    found = admit(speech, rate)[1]
    assert found == RATE
    assert type(found) is int


def with_value(value):
    def changed(speech):
        samples = speech.copy()
        samples[100] = value
        return samples

    return changed


REFUSED = {
    "a number": (lambda x: 0.5, r"shape \(\) is neither"),
    "nothing": (lambda x: x[:0], "is empty"),
    "no samples of two channels": (lambda x: twin(x)[:, :0], "is empty"),
    "an empty list": (lambda x: [], "is empty"),
    "three axes": (lambda x: x[None, None], r"shape \(1, 1, 16000\) is neither"),
    "a batch": (lambda x: np.tile(x, (32, 1)), "one utterance at a time"),
    "few samples of few channels": (lambda x: x[:12].reshape(3, 4), r"shape \(3, 4\) is neither"),
    "complex numbers": (lambda x: x.astype(complex), "type complex128"),
    "truth values": (lambda x: x > 0, "type bool"),
    "objects": (lambda x: x.astype(object), "type object"),
    "words": (lambda x: ["a", "b"], "type <U1"),
    "a name": (lambda x: "a.wav", "'a.wav' is a name, not samples"),
    "a path": (lambda x: Path("a.wav"), "'a.wav' is a name"),
    "bytes": (lambda x: x.tobytes(), "raw bytes"),
    "a bytearray": (lambda x: bytearray(x.tobytes()), "raw bytes"),
    "a mask": (lambda x: np.ma.masked_greater(x, 0.1), "some samples of the waveform are masked"),
    "None": (lambda x: None, "type object"),
    "lists of unequal lengths": (lambda x: [[0.1, 0.2], [0.3]], "cannot be made an array"),
    "a sparse tensor": (lambda x: torch.from_numpy(x).to_sparse(), "cannot be made an array"),
    "a tensor without memory": (lambda x: torch.empty(9, device="meta"), "cannot be made an array"),
    "long integers": (lambda x: (x * SHORT).astype(np.int64), "full scale is not known"),
    "a list of integers": (lambda x: (x * SHORT).astype(int).tolist(), "full scale is not known"),
    "16 bits in 32": (lambda x: (x * SHORT).astype(np.int32), "would fit into 16 bits"),
    "nan": (with_value(np.nan), "not finite, 1 in all"),
    "infinity": (with_value(-np.inf), "not finite, 1 in all"),
    "more than a float holds": (lambda x: with_value(1e300)(x.astype(float)), "not finite"),
    "16 bits in floats": (lambda x: x * SHORT, "16 bits in floats; divide them by 32768"),
    "24 bits in floats": (lambda x: x * 2.0**23, "24 bits in floats"),
    "8 bits in floats": (lambda x: x * 2.0**7 + 64, "8 bits in floats"),
    "no audio": (lambda x: x * 1e30, "look like no audio"),
}


@pytest.mark.parametrize(("form", "says"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_waveform_is_refused_by_what_it_is(speech, form, says):
    with pytest.raises(AudioError, match=says):
        admit(form(speech), RATE)


@pytest.mark.parametrize(
    "rate", [0, -RATE, 16, 16_000.5, float("nan"), 10**7, None, "16000", True, [RATE]]
)
def test_what_is_no_rate_is_refused(speech, rate):
    with pytest.raises(AudioError, match=r"must be a whole number of Hz from 2000 to 768000"):
        admit(speech, rate)


@pytest.mark.parametrize("rate", [RATE, np.int64(RATE), torch.tensor(RATE)])
@pytest.mark.parametrize("form", [np.asarray, list, torch.as_tensor])
def test_swapped_arguments_are_named(speech, rate, form):
    with pytest.raises(AudioError, match="waveform and rate are swapped"):
        admit(rate, form(speech))


@pytest.mark.parametrize("offset", [0.0, 0.25])
def test_what_never_moves_is_silence(offset):
    with pytest.raises(AudioError, match=r"never moves \(digital silence, or a constant offset\)"):
        mix(torch.full((2, RATE), offset))


def test_channels_that_cancel_each_other_are_refused(speech):
    channels, _ = admit(np.stack([speech, -speech]), RATE)
    with pytest.raises(AudioError, match="2 channels of the waveform cancel each other out"):
        mix(channels)


def test_what_is_given_is_not_changed(speech):
    samples = np.asfortranarray(twin(speech).T)
    before = samples.copy()
    admit(samples, RATE)[0].mul_(0)
    assert np.array_equal(samples, before)


ANYTHING = arrays.arrays(
    dtype=st.one_of(arrays.scalar_dtypes(), arrays.unicode_string_dtypes()),
    shape=arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=40),
)


@given(ANYTHING)
def test_any_array_is_read_or_refused(array):
    try:
        channels, _ = admit(array, RATE)
    except AudioError:
        return
    assert channels.dtype == torch.float32
    assert channels.numel() == array.size
    assert bool(channels.isfinite().all())

"""An answer depends on the waveform alone, whatever surrounds the call."""

from __future__ import annotations

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
import pytest
import soundfile
import torch

from ser.errors import AudioError, RunError
from ser.inference.predictor import Predictor
from ser.inference.shield import to_evaluation

RATE = 16_000


@contextmanager
def default_dtype(dtype):
    torch.set_default_dtype(dtype)
    try:
        yield
        assert torch.get_default_dtype() == dtype  # is given back as it was
    finally:
        torch.set_default_dtype(torch.float32)


SURROUNDINGS = {
    "autocast": lambda: torch.autocast("cpu", dtype=torch.bfloat16),
    "float64 by default": lambda: default_dtype(torch.float64),
    "bfloat16 by default": lambda: default_dtype(torch.bfloat16),
    "no gradients": torch.no_grad,
    "gradients": torch.enable_grad,
    "inference": torch.inference_mode,
    "another device by default": lambda: torch.device("meta"),
}


@pytest.mark.parametrize("surroundings", SURROUNDINGS.values(), ids=SURROUNDINGS)
@pytest.mark.parametrize("rate", [RATE, 22_050])
def test_the_answer_is_that_of_a_plain_call(predictor, speech, surroundings, rate):
    plain = predictor(speech, rate)
    with surroundings():
        assert predictor(speech, rate) == plain
        assert Predictor(predictor.model)(speech, rate) == plain


def test_a_model_that_is_being_trained_answers_as_one_that_is_not(predictor, speech):
    plain = predictor(speech, RATE)
    model = copy.deepcopy(predictor.model).train()
    model.feature_mean.requires_grad_()
    assert Predictor(model)(speech, RATE) == plain
    assert model.training
    assert all(part.training for part in model.modules())


def test_a_part_that_is_frozen_stays_so(predictor):
    model = copy.deepcopy(predictor.model).train()
    frozen = next(model.children()).eval()
    to_evaluation(model)()
    assert model.training
    assert not frozen.training


@pytest.mark.parametrize("training", [False, True])
def test_threads_get_the_answers_that_one_gets(predictor, speech, training):
    waveforms = [speech[: RATE // 2 + 500 * i] for i in range(8)]
    plain = [predictor(waveform, RATE) for waveform in waveforms]
    shared = Predictor(copy.deepcopy(predictor.model).train(training))

    def answer(waveform):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            return shared(waveform, RATE)

    with default_dtype(torch.float64), ThreadPoolExecutor(4) as pool:
        assert list(pool.map(answer, waveforms)) == plain
    assert shared.model.training is training


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda p: pickle.loads(pickle.dumps(p))])
def test_a_copy_answers_as_the_original(predictor, speech, copied):
    twin = copied(predictor)
    assert twin(speech, RATE) == predictor(speech, RATE)
    assert twin.model is not predictor.model


def test_channels_last_are_heard_as_channels_first(predictor, speech):
    mono = predictor(speech, RATE).probabilities
    assert predictor(np.stack([speech, speech], 1), RATE).probabilities == mono
    assert predictor(speech[:, None], RATE).probabilities == mono


def test_integers_are_heard_as_floats(predictor, speech):
    samples = (speech * 2**15).astype(np.int16)
    assert predictor(samples, RATE) == predictor(speech, RATE)


def test_a_waveform_shorter_than_a_window_is_refused(predictor, speech):
    short = predictor.front_end.window / 2
    name = type(predictor.front_end).__name__
    with pytest.raises(AudioError, match=rf"lasts {short:.3f} s, and {name} reads windows"):
        predictor(speech[: int(short * RATE)], RATE)


@pytest.mark.parametrize(
    ("count", "says"),
    [(1, r"lasts 0\.062 ms \(1 sample\)"), (79, r"lasts 4\.9 ms \(79 samples\)")],
)
def test_a_waveform_is_too_short_where_its_file_is(predictor, speech, tmp_path, count, says):
    soundfile.write(tmp_path / "a.wav", speech[:count], RATE)
    for recording in ((speech[:count], RATE), (np.zeros(count), RATE), (tmp_path / "a.wav",)):
        with pytest.raises(AudioError, match=rf"{says}, and a voice needs 5 ms"):
            predictor(*recording)


@pytest.mark.parametrize("samples", [np.zeros(RATE), np.full(RATE, 0.1), np.zeros((RATE, 2))])
def test_silence_is_refused(predictor, samples):
    with pytest.raises(AudioError, match="digital silence"):
        predictor(samples, RATE)


def test_silence_where_the_front_end_listens_is_refused(predictor, speech):
    model = copy.deepcopy(predictor.model)
    model.front_end["settings"] |= {"offset": 1.2, "duration": 0.5, "trim": None}
    padded = np.concatenate([speech, np.zeros(RATE, np.float32)])
    with pytest.raises(AudioError, match=r"reads, 0\.5 s from 1\.2 s on, is digital silence"):
        Predictor(model)(padded, RATE)


def test_sound_beyond_what_the_front_end_hears_is_refused(predictor):
    model = copy.deepcopy(predictor.model)
    model.front_end["settings"] |= {"level": None, "trim": None}
    high = np.sin(2 * np.pi * 30_000 * np.arange(96_000) / 96_000) * np.hanning(96_000)
    with pytest.raises(AudioError, match=r"nothing of the waveform is below .* kHz, which is all"):
        Predictor(model)(high, 96_000)


def test_weights_that_are_not_finite_give_no_answer(predictor, speech):
    model = copy.deepcopy(predictor.model)
    with torch.no_grad():
        next(model.parameters()).fill_(torch.nan)
    with pytest.raises(RunError, match="probabilities that are not finite"):
        Predictor(model)(speech, RATE)


@pytest.mark.parametrize(
    "origin",
    [
        None,
        {"shuffled": "no"},
        {"leaks": 1},
        {"fold": "0"},
        {"heard": 3},
        {"heard": {"loudness": [0.0, 1.0]}},
        {"heard": {"level": [0.0]}},
        {"heard": {"level": ["0", "1"]}},
    ],
)
def test_an_origin_that_ser_does_not_write_is_refused(predictor, origin):
    model = copy.deepcopy(predictor.model)
    model.origin = origin
    with pytest.raises(RunError, match=r"which ser\.train does not write; the file is damaged"):
        Predictor(model)


def test_forward_gives_the_probabilities_of_a_batch(predictor, speech):
    waveform = torch.from_numpy(speech)
    alone = [predictor(part, RATE) for part in (waveform, waveform[:9000])]
    padded = torch.nn.utils.rnn.pad_sequence([waveform, waveform[:9000]], batch_first=True)
    with torch.inference_mode():
        found = predictor.forward(padded, torch.tensor([len(waveform), 9000]))
    wanted = [[each.probabilities[label] for label in predictor.labels] for each in alone]
    torch.testing.assert_close(found, torch.tensor(wanted), rtol=0, atol=1e-6)
    assert predictor.sample_rate == RATE


@pytest.mark.parametrize("surroundings", SURROUNDINGS.values(), ids=SURROUNDINGS)
def test_forward_does_not_depend_on_what_surrounds_it(predictor, speech, surroundings):
    waveform = torch.from_numpy(speech)[None]
    plain = predictor.forward(waveform).detach()
    with surroundings():
        assert torch.equal(predictor.forward(waveform).detach(), plain)


def test_forward_can_be_differentiated(predictor, speech):
    waveform = torch.from_numpy(speech)[None]
    twin = copy.deepcopy(predictor)
    twin.forward(waveform)[0, 0].backward()
    gradients = [part.grad for part in twin.parameters() if part.grad is not None]
    assert gradients
    assert all(bool(torch.isfinite(gradient).all()) for gradient in gradients)
    with torch.no_grad():
        assert not twin.forward(waveform).requires_grad


def test_it_is_a_module(predictor, speech):
    twin = copy.deepcopy(predictor)
    with torch.no_grad():
        for part in twin.parameters():
            part.zero_()
    twin.load_state_dict(predictor.state_dict())
    assert twin.train()(speech, RATE) == predictor(speech, RATE)
    moved = twin.to("cpu", torch.float64)
    assert next(moved.parameters()).dtype == torch.float64


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64], ids=str)
def test_another_precision_is_that_of_the_model_alone(predictor, speech, dtype):
    plain, cast = predictor(speech, RATE), copy.deepcopy(predictor).to(dtype)
    assert {part.dtype for part in cast.parameters()} == {dtype}
    assert all(part.dtype != dtype for part in cast.front_end.buffers() if part.is_floating_point())
    for label, probability in cast(speech, RATE).probabilities.items():
        assert probability == pytest.approx(plain.probabilities[label], abs=0.02)

"""Windows over a long recording: their times, and that a stream gives what the whole does."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile
import torch

from ser.errors import AudioError, ConfigError
from ser.features import UtteranceStatistics
from ser.inference.answers import SILENCE, Answer, spans
from ser.inference.predictor import Predictor
from ser.inference.timeline import Timeline
from ser.inference.windows import smoothed, windows
from ser.models import CNN1D

RATE = 16_000


@pytest.fixture(scope="module")
def long(speech):
    """Speech, two seconds of silence, quieter speech: 5.3 s."""
    rest = np.zeros(2 * RATE, np.float32)
    return np.concatenate([speech, speech[::-1], rest, 0.1 * speech, speech[: 3 * RATE // 10]])


def shares(answers):
    return [[answer.probabilities.get(label, 0.0) for label in "0123456"] for answer in answers]


def test_windows_step_by_the_hop_and_the_last_ends_with_the_recording(predictor, long):
    found = predictor.timeline(long, RATE, window=1.0, hop=0.5)
    starts = [answer.start for answer in found]
    assert starts == pytest.approx([0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.3])
    assert [answer.end - answer.start for answer in found] == pytest.approx([1.0] * 10)
    assert found[-1].end == pytest.approx(5.3)


def test_a_window_is_judged_as_a_file_of_its_own(predictor, long):
    answer = predictor.timeline(long, RATE, window=1.0, hop=0.5)[1]
    alone = predictor(long[RATE // 2 : 3 * RATE // 2], RATE)
    assert answer.probabilities == pytest.approx(alone.probabilities, abs=1e-6)
    assert answer.notes == alone.notes


@pytest.mark.parametrize("block", [100, 7777, 10**6])
@pytest.mark.parametrize("ways", [{}, {"smoothing": 1.5, "vad": "energy"}])
def test_a_stream_gives_what_the_recording_gives(predictor, long, block, ways):
    timeline = Timeline(predictor, 1.0, 0.4, **ways)
    whole = timeline(long, RATE)
    pieces = (long[i : i + block] for i in range(0, len(long), block))
    found = list(timeline.stream(pieces, RATE))
    assert [(a.start, a.end, a.emotion) for a in found] == [
        (a.start, a.end, a.emotion) for a in whole
    ]
    np.testing.assert_allclose(shares(found), shares(whole), atol=1e-6)


def test_a_file_is_read_in_blocks_to_the_same_answers(predictor, long, tmp_path):
    both = np.stack([long, 0.9 * long], axis=1)
    soundfile.write(tmp_path / "a.wav", both, RATE, subtype="FLOAT")
    timeline = Timeline(predictor, 1.0, 0.5)
    np.testing.assert_allclose(shares(timeline(tmp_path / "a.wav")), shares(timeline(both, RATE)))


def test_answers_come_before_the_stream_ends(predictor, long):
    heard = []

    def blocks():
        for i in range(0, len(long), 1600):
            heard.append(i)
            yield long[i : i + 1600]

    next(predictor.stream(blocks(), RATE, window=1.0, hop=0.5))
    assert len(heard) == 10


def test_an_hour_leaves_no_more_than_a_window_in_memory():
    """What windows share is kept, and nothing before it."""
    block = torch.zeros(1, 1000)
    for cut in windows((block for _ in range(200)), length=3000, hop=1000.0):
        for window in cut:
            assert window.samples.untyped_storage().nbytes() <= 4 * 5000


def test_silence_is_marked_and_not_judged(predictor, long):
    found = predictor.timeline(long, RATE, window=1.0, hop=0.5, smoothing=2.0)
    silent = [answer.start for answer in found if answer.emotion == SILENCE]
    assert silent == pytest.approx([2.0, 2.5, 3.0])
    assert all(not answer.probabilities for answer in found if answer.emotion == SILENCE)


def test_activity_leaves_noise_out(predictor, long):
    noisy = long + np.random.default_rng(0).normal(0, 1e-3, len(long)).astype(np.float32)
    with_noise = predictor.timeline(noisy, RATE, window=1.0, hop=0.5)
    found = predictor.timeline(noisy, RATE, window=1.0, hop=0.5, vad="energy")
    assert SILENCE not in [answer.emotion for answer in with_noise]
    assert [a.start for a in found if a.emotion == SILENCE] == pytest.approx([2.0, 2.5, 3.0])


def answer(start, emotion, **probabilities):
    return Answer("a", start, start + 2.0, emotion, probabilities)


def test_smoothing_averages_neighbours_that_were_judged():
    rows = [
        answer(0, "x", x=0.9, y=0.1),
        answer(1, "y", x=0.3, y=0.7),
        answer(2, SILENCE),
        answer(3, "y", x=0.2, y=0.8),
    ]
    found = list(smoothed(rows, 1))
    assert [each.emotion for each in found] == ["x", "x", SILENCE, "y"]
    assert [each.probabilities.get("x") for each in found] == pytest.approx([0.6, 0.6, None, 0.2])


def test_spans_join_windows_of_one_emotion_without_a_gap():
    rows = [answer(0, "x", x=0.9), answer(1, "x", x=0.7), answer(2, "y", y=0.6)]
    found = [(each.start, each.end, each.emotion, each.probability) for each in spans(rows)]
    assert found == [(0, 2.5, "x", pytest.approx(0.8)), (2.5, 4.0, "y", 0.6)]


@pytest.mark.parametrize(
    ("ways", "says"),
    [
        ({"window": 0.0}, "window=0.0 must be"),
        ({"window": float("inf")}, "window=inf must be"),
        ({"hop": 4.0}, r"hop=4\.0 must be .* from 0\.1 to window=3\.0"),
        ({"hop": float("nan")}, "hop=nan must be"),
        ({"smoothing": -1.0}, r"smoothing=-1\.0 must be"),
        ({"vad": "energie"}, "did you mean 'energy'"),
    ],
)
def test_times_out_of_range_are_refused(predictor, ways, says):
    with pytest.raises(ConfigError, match=says):
        Timeline(predictor, **ways)


def test_a_window_that_is_shorter_than_what_the_model_reads_is_refused():
    front_end = UtteranceStatistics(window=0.5, hop=0.1)
    network = CNN1D(7, front_end.num_features)
    network.front_end = front_end.spec()
    with pytest.raises(ConfigError, match=r"window=0\.4 must be a number of seconds from 0\.5 on"):
        Timeline(Predictor(network), 0.4, 0.2)


@pytest.mark.parametrize(
    ("blocks", "says"),
    [
        ([np.full(RATE, np.nan)], "not finite"),
        ([np.full(2 * RATE, 1e4)], "goes up to 10000"),
        ([np.ones((2, RATE)) / 9, np.ones(RATE) / 9], "a block has 1 channel,"),
        ([np.random.default_rng(0).normal(0, 0.1, 100)], "reads windows of"),
    ],
)
def test_a_stream_that_is_no_audio_is_refused(predictor, blocks, says):
    with pytest.raises(AudioError, match=says):
        list(Timeline(predictor, 1.0, 1.0).stream(blocks, RATE))

"""A batch gives what each recording gives alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from ser.errors import AudioError
from ser.features import LogMel, UtteranceStatistics
from ser.inference.batching import each_of
from ser.inference.predictor import Predictor
from ser.models import CNN1D, published

RATE = 16_000
LENGTHS = (1.0, 0.31, 0.9, 0.95, 0.3, 0.97, 0.6)  # s


@pytest.fixture(scope="module")
def recordings(speech):
    return [(speech[: round(length * RATE)], RATE) for length in LENGTHS]


def differences(predictor, answers, recordings):
    alone = [predictor(*each) for each in recordings]
    return [
        abs(one.probabilities[label] - other.probabilities[label])
        for one, other in zip(answers, alone, strict=True)
        for label in predictor.labels
    ]


def test_a_batch_equals_one_at_a_time(predictor, recordings):
    found = predictor.batch(recordings)
    assert max(differences(predictor, found, recordings)) < 1e-5
    assert [each.notes for each in found] == [predictor(*each).notes for each in recordings]


@pytest.mark.parametrize("kind", [published.CNN2D, published.LSTMClassifier])
def test_a_network_that_reads_padding_gets_none_from_its_batch_mates(kind, recordings):
    torch.manual_seed(0)
    network = kind(7, LogMel().num_features)
    network.front_end = LogMel().spec()
    predictor = Predictor(network)
    assert max(differences(predictor, predictor.batch(recordings), recordings)) < 1e-5


def test_models_are_called_for_several_recordings_at_once(predictor, recordings, monkeypatch):
    sizes = []
    whole = predictor.model.probabilities

    def counted(features, lengths=None):
        sizes.append(len(features))
        return whole(features, lengths)

    monkeypatch.setattr(predictor.model, "probabilities", counted)
    predictor.batch(recordings)
    assert sum(sizes) == len(recordings)
    assert max(sizes) > 1


def test_what_is_no_audio_is_named_and_leaves_the_others(predictor, recordings, tmp_path, sound):
    (tmp_path / "b.wav").write_text("no")
    mixed = [sound, (np.zeros(RATE), RATE), tmp_path / "b.wav", recordings[0]]
    found = [answer for _, answer in each_of(predictor, mixed)]
    assert [isinstance(answer, AudioError) for answer in found] == [False, True, True, False]
    with pytest.raises(AudioError, match="recording 2: the waveform never moves"):
        predictor.batch(mixed)


@pytest.mark.parametrize("kind", [str, Path])
def test_a_path_is_no_list_of_recordings(predictor, kind):
    with pytest.raises(
        AudioError, match=r"'a/plain\.wav' is one .*; pass a list: predictor\.batch"
    ):
        predictor.batch(kind("a/plain.wav"))


@pytest.mark.parametrize("rate", [RATE, np.int64(RATE), np.array(RATE), torch.tensor(RATE)])
@pytest.mark.parametrize("kind", [tuple, list])
def test_a_waveform_and_its_rate_are_no_list_of_recordings(predictor, speech, kind, rate):
    for pair in ([speech, rate], [rate, speech]):
        with pytest.raises(AudioError, match=r"its rate is one .*; pass a list: predictor\.batch"):
            predictor.batch(kind(pair))


def test_two_recordings_in_a_tuple_are_two(predictor, recordings, sound):
    assert len(predictor.batch((sound, recordings[0]))) == 2
    assert predictor.batch([]) == []


@pytest.mark.parametrize("channels", [1, 2])
def test_a_path_and_a_pair_are_recordings(predictor, tmp_path, speech, channels):
    samples = np.stack([speech] * channels, axis=1)
    soundfile.write(tmp_path / "a.flac", samples, RATE)
    expected = predictor(speech, RATE).probabilities
    for recording in (str(tmp_path / "a.flac"), tmp_path / "a.flac", (samples, RATE)):
        assert predictor(recording).probabilities == pytest.approx(expected, abs=1e-6)


def test_a_waveform_without_its_rate_is_refused(predictor, speech):
    with pytest.raises(AudioError, match="without a rate is no recording"):
        predictor(speech)


def test_clipping_is_noted():
    network = CNN1D(7, UtteranceStatistics().num_features)
    network.front_end = UtteranceStatistics().spec()
    time = np.arange(RATE) / RATE
    tone = np.sin(2 * np.pi * 200 * time).astype(np.float32)
    notes = [Predictor(network)(wave, RATE).notes for wave in (tone, np.clip(3 * tone, -1, 1))]
    assert [any("clipped" in note for note in each) for each in notes] == [False, True]

"""A prediction says in what its input is unlike the training side."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
from torchaudio.functional import resample

from ser.data import CorpusDataModule
from ser.features import LogMel
from ser.features.audio import decode
from ser.features.facts import FACTS, UtteranceFacts
from ser.inference.notes import UNKNOWN, evened_by, notes_on, notes_on_facts
from ser.inference.predictor import Predictor
from ser.models import CNN1D

RATE = 16_000


@pytest.fixture(scope="session")
def fitted(data) -> Predictor:
    """A network that has what a training gives it, but for the training."""
    network = CNN1D.for_data(data)
    network.front_end = data.front_end.spec()
    network.origin = data.origin
    return Predictor(network)


@pytest.fixture(scope="session")
def held_out(data):
    """The longest utterance of the test side."""
    found = [decode(row.utterance.path)[0][0] for row in data.fold_data.rows("test")]
    return max(found, key=len)


SILENCE = torch.zeros(RATE)
ODDITIES = {
    "20 dB quieter": (lambda x: (x / 10, RATE), r"dB quieter than 99 of 100 training utterances"),
    "20 dB louder": (lambda x: (x * 10, RATE), r"dB louder than 99 of 100 training utterances"),
    "8 kHz": (lambda x: (resample(x, RATE, 8000), 8000), "nothing is heard above [34].. kHz"),
    "8 kHz at 44.1": (
        lambda x: (resample(resample(x, RATE, 8000), 8000, 44_100), 44_100),
        "nothing is heard above [34].. kHz",
    ),
    "an offset": (lambda x: (x + 0.05, RATE), "do not lie around zero"),
    "silence before": (lambda x: (torch.cat([SILENCE, x]), RATE), "begins with 1.0 s of silence"),
    "silence after": (lambda x: (torch.cat([x, SILENCE]), RATE), "ends with 1.0 s of silence"),
    "ten times as long": (lambda x: (x.repeat(10), RATE), r"lasts \d+.\d s, .* s or less"),
    "a tenth of a second": (lambda x: (x[: RATE // 10], RATE), r"lasts 0.10 s, .* s or longer"),
    "seven tenths of its band": (
        lambda x: (resample(resample(x, RATE, 11_025), 11_025, RATE), RATE),
        "nothing is heard above [56].. kHz",
    ),
    "one silent channel": (lambda x: (torch.stack([x, 0 * x]), RATE), "its 2 channels differ"),
}


@pytest.mark.parametrize(("change", "says"), ODDITIES.values(), ids=ODDITIES)
def test_what_is_unlike_the_training_side_is_noted(fitted, held_out, change, says):
    assert fitted(held_out, RATE).notes == ()
    waveform, rate = change(held_out)
    assert any(re.search(says, note) for note in fitted(waveform, rate).notes)


def test_equal_channels_are_no_oddity(fitted, held_out):
    assert fitted(torch.stack([held_out, held_out]), RATE).notes == ()


def test_wide_audio_is_noted_where_the_training_side_was_narrow(held_out):
    heard = {"bandwidth": (3000.0, 4000.0)}
    (note,) = notes_on(held_out, RATE, heard)
    assert note == "it reaches 8.0 kHz, and 99 of 100 training utterances end below 4.0 kHz."


def test_a_model_file_without_an_origin_says_that_nothing_is_known(predictor, held_out):
    assert predictor.origin.heard == {}
    assert predictor(held_out, RATE).notes == (UNKNOWN,)


def test_the_training_side_is_measured_without_its_test_side(data):
    train = {row.id for row in data.fold_data.rows("train") + data.fold_data.rows("validation")}
    ids = [u.id for u in data.folds.utterances]
    measured = data.fold_data.prepared.facts.values.numpy()
    own = measured[[i for i, name in enumerate(ids) if name in train]]
    for name, column in zip(FACTS, own.T, strict=True):
        assert data.origin["heard"][name] == pytest.approx(np.percentile(column, (1, 99)))


def test_corpora_are_measured_once_for_all_front_ends(emodb, data, monkeypatch):
    def refuse(*arguments):
        raise AssertionError("an utterance is measured again")

    monkeypatch.setattr("ser.features.facts.UtteranceFacts.extract", refuse)
    other = CorpusDataModule(emodb, LogMel(), cv="kfold", verify=False)
    other.setup()
    assert torch.equal(other.fold_data.prepared.facts.values, data.fold_data.prepared.facts.values)


def test_held_out_speakers_of_emodb_are_hardly_ever_noted(real_emodb):
    data = CorpusDataModule(real_emodb, UtteranceFacts(), cv="speaker")
    data.setup()
    measured = data.fold_data.prepared.facts.values.tolist()
    noted = tested = 0
    for fold in range(data.num_folds):
        data.at_fold(fold).setup()
        heard, held_out = data.origin["heard"], data.fold_data.fold.test
        noted += sum(bool(notes_on_facts(measured[i], heard)) for i in held_out)
        tested += len(held_out)
    assert tested == 535
    assert noted <= 0.01 * tested


@pytest.mark.parametrize("says", ["20 dB quieter", "an offset", "silence before", "silence after"])
def test_what_the_front_end_makes_up_for_is_measured_and_no_alarm(says, fitted, held_out):
    change, words = ODDITIES[says]
    (note,) = [note for note in fitted(*change(held_out)).notes if re.search(words, note)]
    assert note.endswith("; the front end makes up for that.")


@pytest.mark.parametrize(("noise", "noted"), [(-50.0, 0), (-38.0, 0), (-30.0, 1)])
def test_noise_beside_the_voice_is_noted_where_it_is_louder_than_in_training(noise, noted):
    facts = [*[0.0] * (len(FACTS) - 1), noise]
    found = notes_on_facts(facts, {"noise": (-66.0, -40.0)})
    assert [note.startswith("its noise is 10 dB louder") for note in found] == [True] * noted


def test_a_front_end_that_keeps_levels_leaves_the_advice():
    kept = evened_by([LogMel(), LogMel(trim=None, level=None)])
    facts, heard = [-60.0], {"level": (-30.0, -20.0)}
    (note,) = notes_on_facts([*facts, *[0.0] * (len(FACTS) - 1)], heard, kept)
    assert note.endswith("; the model has not heard such levels.")


def test_silence_that_the_front_end_drops_makes_no_utterance_long(fitted, held_out):
    long = torch.cat([SILENCE.repeat(5), held_out, SILENCE.repeat(5)])
    assert not any("it lasts" in note for note in fitted(long, RATE).notes)
    brief = torch.cat([SILENCE, held_out[: RATE // 10], SILENCE])
    assert any("or longer" in note for note in fitted(brief, RATE).notes)


@pytest.mark.parametrize(("seconds", "noted"), [(1.6, 0), (0.3, 1)])
def test_silence_around_all_training_utterances_makes_no_other_one_brief(seconds, noted):
    facts = {**dict.fromkeys(FACTS, 0.0), "duration": seconds + 2, "lead": 1.0, "trail": 1.0}
    heard = {"duration": (3.0, 5.0), "lead": (0.8, 1.3), "trail": (0.7, 1.2)}
    found = notes_on_facts([*facts.values()], heard, ("lead", "trail"))
    assert ["or longer" in note for note in found] == [True] * noted


def test_a_level_that_is_left_for_one_moment_is_not_taken_for_clipping(fitted, held_out):
    click = torch.zeros(2 * RATE)
    click[RATE] = 0.9
    for waveform in (click, torch.stack([held_out, 0 * held_out])):
        assert not any("it is clipped" in note for note in fitted(waveform, RATE).notes)

"""Features never reach above what a corpus holds, and a flat channel cannot blow up."""

import logging

import pytest
import soundfile
import torch

from ser.corpora import EmoDB
from ser.data import CorpusDataModule
from ser.features import LogMel, UtteranceStatistics

TELEPHONE = 8_000


@pytest.fixture(scope="module")
def narrow(emodb, tmp_path_factory):
    """The small corpus, with one file of a telephone among it."""
    root = tmp_path_factory.mktemp("narrow")
    (root / "wav").mkdir()
    for i, utterance in enumerate(emodb.utterances()):
        samples, rate = soundfile.read(utterance.path)
        kept = (samples[::2], TELEPHONE) if i == 5 else (samples, rate)
        soundfile.write(root / "wav" / utterance.path.name, *kept)
    return EmoDB(root)


def module(corpus, front_end):
    data = CorpusDataModule(corpus, front_end, "speaker", fold=1, verify=False)
    data.setup()
    return data


@pytest.mark.parametrize("front_end", [UtteranceStatistics(), LogMel()], ids=["vectors", "frames"])
def test_features_follow_the_lowest_rate_of_a_corpus(front_end, narrow, caplog):
    with caplog.at_level(logging.WARNING):
        data = module(narrow, front_end)
    assert data.front_end.sample_rate == TELEPHONE
    assert data.front_end.spec()["settings"] == {
        **front_end.settings(),
        "sample_rate": TELEPHONE,
    }
    assert "1 of 42 files has 8000 Hz" in caplog.text
    assert "features.sample_rate=8000" in caplog.text


def test_a_corpus_of_the_rate_of_the_front_end_keeps_it(emodb, caplog):
    assert module(emodb, UtteranceStatistics()).front_end.sample_rate == 16_000
    assert not caplog.text


def test_published_settings_keep_their_rate(emodb):
    assert module(emodb, UtteranceStatistics.emodb()).front_end.sample_rate == 22_050


class Flat(LogMel):
    """A channel that is all but constant, one that is constant, and one that is 0."""

    def extract(self, waveform, lengths):
        features = super().extract(waveform, lengths)
        features[:, 0] = -80 + 1e-3 * torch.sin(torch.arange(features.shape[2]))
        features[:, 1], features[:, 2] = -80, 0
        return features


def test_a_deviation_that_is_nothing_beside_its_channel_is_not_divided_by(emodb):
    data = module(emodb, Flat(n_mels=8))
    assert data.feature_std[:2].tolist() == pytest.approx([80, 80], rel=0.01)
    assert data.feature_std[2] == 1
    assert (data.feature_std[3:] < 60).all()

"""Predictors that nothing has to be trained for, and something to say to them."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile
import torch
from devices import sounddevice
from numpy.typing import NDArray
from saving import save

from ser.data import CorpusDataModule
from ser.features import LogMel, UtteranceStatistics
from ser.inference.predictor import Predictor
from ser.models import CNN1D, CNN2D, EmotionClassifier, LSTMClassifier

RATE = 16_000
KINDS = {"vectors": (CNN1D, UtteranceStatistics()), "frames": (CNN2D, LogMel())}


@pytest.fixture(scope="session")
def speech() -> NDArray[np.float32]:
    """Give a second of tones in noise, of 16 bits and at 16 kHz, ``(time,)``."""
    time = np.arange(RATE) / RATE
    noise = 0.02 * np.random.default_rng(1).standard_normal(RATE)
    tones = sum(0.1 * np.sin(2 * np.pi * hertz * time) for hertz in (210, 430, 1900))
    return (np.round((tones + noise) * 2**15) / 2**15).astype(np.float32)


@pytest.fixture(scope="session", params=KINDS)
def predictor(request: pytest.FixtureRequest) -> Predictor:
    """Give a network with its first weights, which need no training to be compared."""
    return Predictor(_with_first_weights(request.param))


@pytest.fixture(scope="session")
def model() -> EmotionClassifier:
    """Give the network of one of them."""
    return _with_first_weights("vectors")


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a checkpoint with first weights, of a network that is loaded in no time."""
    front_end = LogMel(n_mels=20)
    model = LSTMClassifier(7, front_end.num_features, hidden_size=4)
    model.front_end = front_end.spec()
    path = tmp_path_factory.mktemp("model") / "model.ckpt"
    save(model, path)
    return path


@pytest.fixture(scope="session")
def sound(speech: NDArray[np.float32], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give an audio file."""
    path = tmp_path_factory.mktemp("sound") / "a.wav"
    soundfile.write(path, speech, RATE)
    return path


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Give a microphone that hears noise for some seconds."""
    found = sounddevice()
    monkeypatch.setitem(sys.modules, "sounddevice", found)
    return found


@pytest.fixture(scope="session")
def data(emodb) -> CorpusDataModule:
    """Give a fold of the small corpus."""
    data = CorpusDataModule(emodb, UtteranceStatistics(), cv="speaker", fold=1, verify=False)
    data.setup()
    return data


def _with_first_weights(reads: str) -> EmotionClassifier:
    kind, front_end = KINDS[reads]
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = kind(7, front_end.num_features)
    network.front_end = front_end.spec()
    return network

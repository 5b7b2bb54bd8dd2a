"""Predictors that nothing has to be trained for, and something to say to them."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from ser.data import CorpusDataModule
from ser.features import LogMel, UtteranceStatistics
from ser.inference.predictor import Predictor
from ser.models import CNN1D, CNN2D

RATE = 16_000


@pytest.fixture(scope="session")
def speech() -> NDArray[np.float32]:
    """Give a second of tones in noise, of 16 bits and at 16 kHz, ``(time,)``."""
    time = np.arange(RATE) / RATE
    noise = 0.02 * np.random.default_rng(1).standard_normal(RATE)
    tones = sum(0.1 * np.sin(2 * np.pi * hertz * time) for hertz in (210, 430, 1900))
    return (np.round((tones + noise) * 2**15) / 2**15).astype(np.float32)


@pytest.fixture(scope="session", params=["vectors", "frames"])
def predictor(request: pytest.FixtureRequest) -> Predictor:
    """Give a network with its first weights, which need no training to be compared."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return Predictor(_vectors() if request.param == "vectors" else _frames())


@pytest.fixture(scope="session")
def data(emodb) -> CorpusDataModule:
    """Give a fold of the small corpus."""
    data = CorpusDataModule(emodb, UtteranceStatistics(), cv="speaker", fold=1, verify=False)
    data.setup()
    return data


def _vectors() -> CNN1D:
    front_end = UtteranceStatistics()
    network = CNN1D(7, front_end.num_features)
    network.front_end = front_end.spec()
    return network


def _frames() -> CNN2D:
    front_end = LogMel()
    network = CNN2D(7, front_end.num_features)
    network.front_end = front_end.spec()
    return network

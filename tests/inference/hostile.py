"""Model files, small and whole, and what is done to them."""

from __future__ import annotations

from typing import Any

import torch
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

from faults.nested import REMOVED
from ser.features import LogMel, RawWaveform, UtteranceStatistics
from ser.models import MLP, LSTMClassifier
from ser.models.ensemble import stacked
from ser.models.estimator import EstimatorModel, to_content
from ser.models.fusion import fused

LABELS = ["anger", "joy", "sadness"]
WAVEFORM = 0.3 * torch.sin(torch.arange(8000) * 0.1)
WRONG = [
    REMOVED,
    None,
    True,
    -1,
    2**70,
    1e300,
    float("nan"),
    "",
    "os.system",
    [],
    ["anger"] * 3,
    [[[1]]],
    {},
    {"_target_": "os.system"},
    torch.zeros(0),
    torch.full((3,), float("nan")),
    torch.zeros(1).expand(10**12),
]


def network_content() -> dict[str, Any]:
    """Content of a network's model file, without a digest."""
    torch.manual_seed(0)
    network = LSTMClassifier(3, 12, hidden_size=4)
    network.labels, network.front_end = LABELS, LogMel(n_mels=12).spec()
    content = {"state_dict": dict(network.state_dict()), "hyper_parameters": dict(network.hparams)}
    network.on_save_checkpoint(content)
    return content


def estimator_content(estimator: Any) -> dict[str, Any]:
    """Content of an estimator's model file, without a digest."""
    front_end = UtteranceStatistics(16_000, parts=["mfcc"], n_mfcc=4, statistics=["mean"])
    draw = torch.Generator().manual_seed(0)
    vectors = torch.randn(30, 4, generator=draw).double().numpy()
    estimator.fit(vectors, [i % 3 for i in range(30)])
    model = EstimatorModel(
        estimator, LABELS, front_end.spec(), mean=torch.zeros(4), std=torch.ones(4)
    )
    return to_content(model)


def ensemble_content() -> dict[str, Any]:
    """Content of the model file of two networks, without a digest."""
    front_end = UtteranceStatistics(16_000, parts=["mfcc"], n_mfcc=4, statistics=["mean"])
    contents = []
    for seed in range(2):
        torch.manual_seed(seed)
        network = MLP(3, 4, hidden_size=2)
        network.labels, network.front_end = LABELS, front_end.spec()
        content = {
            "state_dict": dict(network.state_dict()),
            "hyper_parameters": dict(network.hparams),
        }
        network.on_save_checkpoint(content)
        contents.append(content)
    return stacked(contents)


def fusion_content() -> dict[str, Any]:
    """Content of the model file of a network and an estimator, without a digest."""
    parts = [network_content(), estimator_content(LogisticRegression())]
    return fused(parts, [0.25, 0.75], RawWaveform(16_000).spec())


CONTENTS = {
    "network": network_content(),
    "ensemble": ensemble_content(),
    "fusion": fusion_content(),
    "linear": estimator_content(LogisticRegression()),
    "svm": estimator_content(SVC()),
}

"""Models of different features as one: shares, predictions, model files, refusals."""

import json

import numpy as np
import pandas as pd
import pytest
import soundfile
import torch

import ser
from ser.errors import ConfigError, RunError
from ser.models.fusion import fused, parts_of
from ser.runs.predictions import from_csv
from ser.training.fusion import FusionLearner, likeliest_shares

SMALL = (
    "model=fusion",
    "features=statistics",
    "model.parts.frames.features.n_mels=16",
    "+model.parts.frames.model.width=2",
    "trainer.max_epochs=1",
    "trainer.precision=32-true",
    "fold=0",
)


def table(*likelihoods):
    """Predictions of two emotions, by what they give to the one that was said."""
    shares = np.array(likelihoods)
    return pd.DataFrame({"truth": "joy", "p_joy": shares, "p_anger": 1 - shares})


def test_a_model_that_knows_has_the_whole_share_beside_one_that_guesses():
    shares = likeliest_shares([table(0.9, 0.8, 0.9), table(0.5, 0.5, 0.5)])
    np.testing.assert_allclose(shares, [1, 0], atol=1e-3)


def test_shares_are_the_likeliest_of_all():
    draw = np.random.default_rng(0)
    given = draw.uniform(0.05, 0.95, (2, 40))
    first, _ = likeliest_shares([table(*row) for row in given])
    tried = np.linspace(0, 1, 1001)
    likelihood = np.log(np.outer(tried, given[0]) + np.outer(1 - tried, given[1])).sum(1)
    assert first == pytest.approx(tried[likelihood.argmax()], abs=2e-3)


def test_equal_models_share_alike_however_sure_they_are():
    np.testing.assert_allclose(likeliest_shares([table(0.0, 1.0)] * 3), [1 / 3] * 3)


@pytest.fixture
def folder(start):
    """A finished fold of a small fusion, with shares that the validation side chose."""
    return start(*SMALL) / "fold-00" / "seed-0"


def test_a_fusion_predicts_from_its_file_what_it_predicted_in_its_run(folder, emodb):
    predictor, expected = ser.load(folder / "model.ckpt"), from_csv(folder / "predictions.csv")
    for row in expected.head(4).to_dict("records"):
        samples, rate = soundfile.read(emodb.root / "wav" / f"{row['id']}.wav")
        found = predictor(samples, rate).probabilities
        assert found == pytest.approx({name: row[f"p_{name}"] for name in found}, abs=1e-4)
    assert predictor.evened == {"level", "offset", "lead", "trail"}
    facts = json.loads((folder / "environment.json").read_text())
    assert "vectors" in facts["probabilities"]
    assert "epochs" not in facts
    assert from_csv(folder / "validation.csv").shape[1] == expected.shape[1]
    assert not [*folder.glob("parts/**/*.ckpt")]


DESCRIBED = {"labels": ["joy", "anger"], "front_end": {}, "origin": {}}
CONTENTS = [
    {"ser": {"network": "A", **DESCRIBED}, "estimator": torch.ones(1)},
    {
        "ser": {"network": "B", **DESCRIBED},
        "state_dict": {"weight": torch.zeros(1)},
        "hyper_parameters": {"width": 2},
    },
]


def test_parts_come_back_as_they_went_in():
    found, shares = parts_of(fused(CONTENTS, [0.25, 0.75], {"name": "RawWaveform"}))
    assert found == CONTENTS
    assert shares == [0.25, 0.75]


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("shares", [0.5], "its shares are"),
        ("shares", [1.5, -0.5], "its shares are"),
        ("shares", [0.5, float("nan")], "its shares are"),
        ("parts", [], "does not hold 2 to 100 models"),
        ("parts", [1, 2], "its models are not described"),
        ("parts", [{"ser": {"network": "fusion", **DESCRIBED}}] * 2, "do not have its labels"),
    ],
)
def test_a_damaged_fusion_is_refused_in_a_sentence(key, value, reason):
    damaged = fused(CONTENTS, [0.25, 0.75], {"name": "RawWaveform"})
    damaged["ser"][key] = value
    with pytest.raises(RunError, match=reason):
        parts_of(damaged)


def test_epochs_that_are_fixed_leave_nothing_to_choose_shares_by(start):
    folder = start(*SMALL, "refit=fixed") / "fold-00" / "seed-0"
    facts = json.loads((folder / "environment.json").read_text())
    assert facts["probabilities"] == "mean of 0.50 vectors, 0.50 frames, shares equal"
    assert facts["refit"].endswith("fixed beforehand")
    assert facts["precision"] == "32-true"
    assert not (folder / "validation.csv").exists()


PAIR = (
    "model=lda_pair",
    "features=statistics",
    "features@model.parts.second.features=statistics",
    "fold=0",
)


def test_equal_shares_are_taken_though_a_validation_side_would_choose_others(start):
    folder = start(*PAIR, "model.shares=equal") / "fold-00" / "seed-0"
    facts = json.loads((folder / "environment.json").read_text())
    assert facts["probabilities"] == "mean of 0.50 first, 0.50 second, shares equal"
    assert (folder / "validation.csv").exists()


def test_shares_of_another_kind_are_refused(start):
    with pytest.raises(ConfigError, match=r"model.shares='even'.*likeliest, equal"):
        start(*PAIR, "model.shares=even")


def test_features_of_different_sampling_rates_are_refused_before_anything_is_extracted(start):
    with pytest.raises(ConfigError, match="vectors 22050 Hz, frames 16000 Hz"):
        start(*SMALL, "features=statistics155")


def test_sampling_rates_are_compared_as_the_corpus_lowers_them(start):
    unfollowed = [f"model.parts.frames.features.{word}" for word in ("trim=null", "level=null")]
    rates = ("features.sample_rate=22050", "model.parts.frames.features.sample_rate=22050")
    with pytest.raises(ConfigError, match="vectors 16000 Hz, frames 22050 Hz"):
        start(*SMALL, *rates, *unfollowed)


@pytest.mark.parametrize("word", ["protocol.unit=row", "protocol.test_copies=true"])
def test_copies_of_a_part_alone_are_refused_where_they_are_dealt_or_tested(start, word):
    with pytest.raises(ConfigError, match=r"frames.augment.copies=\['faster'\].* the same copies"):
        start(*SMALL, word, "+model.parts.frames.augment.copies=[faster]")


def test_scaling_by_speaker_is_refused(start):
    with pytest.raises(ConfigError, match="normalise=speaker scales the features of one model"):
        start(*SMALL, "normalise=speaker")


def test_a_part_without_a_model_is_refused_by_its_name(start):
    with pytest.raises(ConfigError, match="frames has features, augment; each part needs"):
        start(*(word for word in SMALL if "width" not in word), "~model.parts.frames.model")


def test_a_fusion_of_one_is_refused():
    with pytest.raises(ConfigError, match="has 1 part, and a fusion needs 2 to 10"):
        FusionLearner({"alone": None})

"""Runs on a pretrained encoder belong to its weights, wherever those lie."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import soundfile
from tiny_encoders import as_ctranslate2, whisper_state

import ser
from ser.corpora.emodb import EmoDB
from ser.errors import RunError
from ser.features import Whisper
from ser.models.reading import read_checkpoint
from ser.runs.layout import MODEL
from ser.runs.marker import read_identity
from ser.training.classical import ClassicalLearner

StartIn = Callable[..., Path]
LINEAR = ("features=whisper", "model=linear", "fold=0")


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("weights")
    return as_ctranslate2(folder / "model.bin", whisper_state())


@pytest.fixture(scope="module")
def run(start_in: StartIn, weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Train a linear classifier on the tiny encoder, one fold of three."""
    return start_in(tmp_path_factory.mktemp("runs"), *LINEAR, f"features.weights={weights}")


@pytest.fixture
def again(start_in: StartIn, run: Path) -> Callable[..., Path]:
    """Start the same run once more, with other words."""
    return lambda *words: start_in(run.parents[3], *LINEAR, *words)


def model_of(run: Path) -> Path:
    return min(run.glob(f"fold-*/seed-*/{MODEL}"))


def test_a_run_and_its_models_name_the_digest_and_no_path(run: Path, weights: Path) -> None:
    digest = Whisper(str(weights)).digest
    identity = read_identity(run)
    assert identity["contents.weights"] == digest
    assert not {"features.weights", "features.device"} & set(identity)
    assert weights.name not in run.name
    described = read_checkpoint(model_of(run))["ser"]["front_end"]["settings"]
    assert described == {**Whisper(str(weights)).settings(), "weights": digest}
    assert "device" not in described


def test_a_run_goes_on_where_its_weights_were_moved_to(
    again: Callable[..., Path], weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = shutil.copy(weights, tmp_path / "moved.bin")
    monkeypatch.setattr(ClassicalLearner, "fit", lambda *_: pytest.fail("trained again"))
    again(f"features.weights={moved}", "features.device=cpu")


def test_a_run_with_other_weights_is_refused(again: Callable[..., Path], tmp_path: Path) -> None:
    other = as_ctranslate2(tmp_path / "other.bin", whisper_state(seed=1))
    with pytest.raises(RunError, match=r"the weights of its encoder: \w{64} there, \w{64} now"):
        again(f"features.weights={other}")


def test_a_run_belongs_to_the_weights_of_each_part_of_a_fusion(
    start_in: StartIn, weights: Path, tmp_path: Path
) -> None:
    frames = "model.parts.frames"
    words = (
        *("model=fusion", "features=statistics", "trainer.max_epochs=1", "refit=fixed", "fold=0"),
        *(f"features@{frames}.features=whisper", f"augment@{frames}.augment=none"),
        *(f"{frames}.model._target_=ser.models.MLP", f"~{frames}.model.subtract_mean"),
    )
    run = start_in(tmp_path, *words, f"{frames}.features.weights={weights}")
    identity = read_identity(run)
    assert identity["contents.weights"] == Whisper(str(weights)).digest
    assert not {f"{frames}.features.weights", f"{frames}.features.device"} & set(identity)
    assert weights.name not in run.name
    other = as_ctranslate2(tmp_path / "other.bin", whisper_state(seed=1))
    with pytest.raises(RunError, match="the weights of its encoder"):
        start_in(tmp_path, *words, f"{frames}.features.weights={other}")


def test_a_model_predicts_where_its_weights_are_and_says_which_they_are_elsewhere(
    run: Path, weights: Path, emodb: EmoDB, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SER_WEIGHTS", raising=False)
    with pytest.raises(RunError, match=rf"{Whisper(str(weights)).digest}.*SER_WEIGHTS"):
        ser.load(model_of(run))
    monkeypatch.setenv("SER_WEIGHTS", str(weights.parent))
    samples, rate = soundfile.read(emodb.utterances()[0].path, dtype="float32")
    said = ser.load(model_of(run))(samples, rate)
    assert sum(said.probabilities.values()) == pytest.approx(1)


def test_a_network_over_frames_reads_the_sequence(
    start_in: StartIn, weights: Path, tmp_path: Path
) -> None:
    words = ("features=whisper", "features.pooling=sequence", f"features.weights={weights}")
    run = start_in(tmp_path, *words, "model=lstm", "trainer.max_epochs=1", "fold=0")
    assert model_of(run).is_file()

"""Two speakers: refused before anything is extracted, and trained without validation."""

import shutil

import pytest

from ser.errors import FoldError
from ser.runs.checked import read_validation

FUSION = ("features=statistics", "model.parts.frames.features.n_mels=16")
LEARNERS = {
    "cnn1d": ("features=statistics",),
    "cnn": ("features.n_mels=16", "model.width=2"),
    "mlp": ("features=statistics",),
    "svm": ("features=statistics",),
    "linear": ("features=statistics",),
    "lda": ("features=statistics",),
    "lda_pair": ("features=statistics", "features@model.parts.second.features=statistics"),
    "lda_trio": (
        "features=statistics",
        "features@model.parts.third.features=statistics",
    ),
    "fusion": (*FUSION, "+model.parts.frames.model.width=2"),
}


@pytest.fixture(scope="module")
def root(emodb, tmp_path_factory):
    """Two of the speakers of the small corpus."""
    copy = shutil.copytree(emodb.root, tmp_path_factory.mktemp("two") / "emodb")
    for path in copy.glob("wav/09*.wav"):
        path.unlink()
    return copy


def words(root, model):
    speakers = ("cv=speaker_kfold", "cv.n_splits=2", f"data.root={root}")
    return (*speakers, f"model={model}", *LEARNERS[model], "trainer.max_epochs=1", "fold=0")


def test_third_speaker_is_asked_for_before_anything_is_extracted(
    root, start, tmp_path, monkeypatch
):
    def extracted(*_args, **_options):
        raise AssertionError("extracted before the folds were dealt")

    monkeypatch.setattr("ser.data.prepared.extract", extracted)
    with pytest.raises(FoldError, match=r"another speaker: pass protocol\.validation=false"):
        start(*words(root, "cnn1d"))
    assert not (tmp_path / "runs").exists() or not list((tmp_path / "runs").rglob("*.json"))


@pytest.mark.parametrize("model", LEARNERS)
def test_every_learner_does_without_validation(model, root, start):
    run = start(*words(root, model), "protocol.validation=false")
    cell = run / "fold-00" / "seed-0"
    assert (cell / "predictions.csv").exists()
    assert not (cell / "validation.csv").exists()
    assert read_validation(run) is None

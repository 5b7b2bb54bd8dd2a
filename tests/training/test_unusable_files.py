"""Files that nothing can be learnt from are named once, all of them, before the first fold."""

import shutil

import numpy as np
import pytest
import soundfile

from ser.errors import AudioError, LeakageError
from ser.training.classical import ClassicalLearner


@pytest.fixture
def root(emodb, tmp_path):
    """Copy the small corpus, with two silent files."""
    copy = shutil.copytree(emodb.root, tmp_path / "emodb")
    for name, length in (("03a01Fa", 4000), ("08a01Fa", 5000)):
        soundfile.write(copy / "wav" / f"{name}.wav", np.zeros(length), 16000)
    return copy


def words(root):
    return (f"data.root={root}", "model=svm", "features=statistics", "fold=all")


def test_they_are_named_once_and_no_fold_is_trained(root, start, tmp_path, monkeypatch):
    monkeypatch.setattr(ClassicalLearner, "fit", lambda *_: pytest.fail("trained"))
    with pytest.raises(AudioError, match=r"^2 of 42 utterances") as error:
        start(*words(root))
    assert str(error.value).count("is digital silence") == 2
    assert not list((tmp_path / "runs").rglob("identity.json"))


def test_once_they_are_replaced_the_same_words_train(root, start, emodb):
    with pytest.raises(AudioError):
        start(*words(root))
    shutil.copytree(emodb.root, root, dirs_exist_ok=True)
    run = start(*words(root))
    assert len(list(run.glob("fold-*/seed-0/predictions.csv"))) == 3
    assert not list(run.rglob("error.txt"))


def test_silence_that_is_the_same_on_two_sides_is_called_silence(root, start):
    shutil.copy(root / "wav" / "03a01Fa.wav", root / "wav" / "08a01Fa.wav")
    with pytest.raises(AudioError, match="is digital silence"):
        start(*words(root), "cv=speaker_kfold", "cv.n_splits=3")
    shutil.copy(root / "wav" / "03a01Wa.wav", root / "wav" / "03a01Fa.wav")
    shutil.copy(root / "wav" / "03a01Wa.wav", root / "wav" / "08a01Fa.wav")
    with pytest.raises(LeakageError, match="the same audio under two names"):
        start(*words(root), "cv=speaker_kfold", "cv.n_splits=3")

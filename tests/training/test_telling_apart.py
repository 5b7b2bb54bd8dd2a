"""Trainings of other objects are other runs: whatever an object was built with is said of it."""

import sys
from functools import partial
from types import ModuleType

import numpy as np
import pytest
from omegaconf import OmegaConf
from sklearn.metrics import make_scorer, recall_score
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import SVC

from ser.augment import Augmentation, WaveformTransform
from ser.data import CorpusDataModule
from ser.errors import ConfigError
from ser.features import LogMel, UtteranceStatistics
from ser.models import CNN1D
from ser.runs.code import code_of
from ser.runs.configuration import identity
from ser.training.experiment import Experiment


class Rumble(Augmentation):
    """Noise on features."""

    def __init__(self, strength=0.1, copies=()):
        super().__init__(copies)
        self.strength = strength


class Louder(WaveformTransform):
    """A transform that keeps its argument."""

    def __init__(self, gain=2.0):
        super().__init__(1.0)
        self.gain = gain

    def change(self, waveform, generator):
        return waveform * self.gain


class Forgetful(Louder):
    """One that keeps it under another name."""

    def __init__(self, factor=2.0):
        super().__init__(factor)


def doubled(vectors):
    return vectors * 2


def linear(vectors, others):
    return vectors @ others.T


class Power:
    """A kernel with an argument."""

    def __init__(self, exponent):
        self.exponent = exponent

    def __call__(self, vectors, others):
        return (vectors @ others.T) ** self.exponent


def run_of(emodb, model=CNN1D, augment=None, front_end=LogMel):
    """Name of the run, and what decides its figures."""
    data = CorpusDataModule(emodb, front_end(), "kfold", augment=augment, verify=False)
    cfg, name = Experiment(data, model).configuration()
    return name, identity(OmegaConf.to_container(cfg, resolve=True))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Rumble(0.1), Rumble(50.0)),
        (Rumble(), Rumble(copies=["noise"])),
        (Augmentation(waveform=[Louder(2)]), Augmentation(waveform=[Louder(0.01)])),
    ],
    ids=["an argument of its own", "an argument of ours", "a step"],
)
def test_augmentations_of_ones_own_are_told_apart_by_their_arguments(emodb, first, second):
    one, other = run_of(emodb, augment=first), run_of(emodb, augment=second)
    assert one[0] != other[0]
    assert one[1] != other[1]
    assert one == run_of(emodb, augment=first)


def test_an_augmentation_is_recorded_with_the_arguments_that_it_takes(emodb):
    recorded = run_of(emodb, augment=Rumble(0.3))[1]
    assert {key: value for key, value in recorded.items() if key.startswith("augment.")} == {
        "augment._target_": f"{__name__}.Rumble",
        "augment.strength": 0.3,
        "augment.copies": [],
    }


def test_a_step_that_forgets_its_argument_is_refused_by_the_name_of_it(emodb):
    with pytest.raises(ConfigError, match=r"Forgetful has no attribute factor: keep every arg"):
        run_of(emodb, augment=Augmentation(waveform=[Forgetful()]))


def scored(average):
    scoring = make_scorer(recall_score, average=average)
    return GridSearchCV(SVC(), {"C": [1, 10]}, scoring=scoring)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (SVC(kernel=linear), SVC(kernel="linear")),
        (SVC(kernel=Power(1)), SVC(kernel=Power(2))),
        (
            make_pipeline(FunctionTransformer(np.sqrt), SVC()),
            make_pipeline(FunctionTransformer(doubled), SVC()),
        ),
        (
            make_pipeline(FunctionTransformer(partial(np.power, 2)), SVC()),
            make_pipeline(FunctionTransformer(partial(np.power, 3)), SVC()),
        ),
        (scored("macro"), scored("micro")),
    ],
    ids=["kernel", "object", "function", "argument of a function", "scorer"],
)
def test_estimators_are_told_apart_by_their_functions(emodb, first, second):
    one = run_of(emodb, first, front_end=UtteranceStatistics)
    other = run_of(emodb, second, front_end=UtteranceStatistics)
    assert one[1] != other[1]
    assert one == run_of(emodb, first, front_end=UtteranceStatistics)


def test_a_function_without_a_name_is_refused(emodb):
    with pytest.raises(ConfigError, match=r"<lambda> is defined within a function, where no run"):
        run_of(emodb, SVC(kernel=lambda a, b: a @ b.T), front_end=UtteranceStatistics)


def test_a_function_of_a_notebook_is_told_apart_once_it_is_edited(monkeypatch):
    notebook = ModuleType("notebook")
    monkeypatch.setitem(sys.modules, "notebook", notebook)

    def code(source):
        exec(source, notebook.__dict__)
        return code_of({"model": {"kernel": {"_target_": "notebook.kernel", "_partial_": True}}})

    first = code("def kernel(a, b): return a @ b.T")
    assert first != code("def kernel(a, b): return 2 * (a @ b.T)")
    assert first == code("def kernel(a, b): return a @ b.T")

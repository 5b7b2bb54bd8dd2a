"""Models on classes of one's own are loaded once these are registered."""

import pytest
from sklearn.svm import SVC

import ser
from ser.data import CorpusDataModule
from ser.errors import ConfigError, RunError
from ser.features import FRONT_ENDS, UtteranceStatistics, build_front_end
from ser.models import EmotionClassifier, network_class
from ser.models.registry import NETWORKS, name_of


class Halved(UtteranceStatistics):
    """A front end of somebody else."""

    def extract(self, waveform, lengths):
        return super().extract(waveform, lengths) / 2


class Silent(EmotionClassifier):
    """A network of somebody else."""


@pytest.fixture(autouse=True)
def forget():
    """Leave the classes that are known as they were."""
    before = dict(FRONT_ENDS), dict(NETWORKS)
    yield
    for known, content in zip((FRONT_ENDS, NETWORKS), before, strict=True):
        known.clear()
        known.update(content)


def test_a_model_on_a_registered_front_end_is_loaded_and_answers(emodb):
    data = CorpusDataModule(emodb, Halved(), "speaker", verify=False)
    result = ser.cross_validate(data, SVC(kernel="linear"), folds=0)
    with pytest.raises(RunError, match=r"is not a front end of ser.features.*ser.register\(Halved"):
        ser.load(result.models[0])
    ser.register(Halved)
    tested = result.predictions.iloc[0]
    answer = ser.load(result.models[0])(emodb.root / "wav" / f"{tested.id}.wav")
    assert answer.emotion == tested.prediction


def test_a_network_is_registered_by_the_same_call():
    assert ser.register(Silent) is Silent
    assert network_class(name_of(Silent)) is Silent


@pytest.mark.parametrize("name", ["Vec", "mine.nets.", "mine. nets", 7, None])
def test_what_is_no_class_of_a_module_is_unknown(name):
    with pytest.raises(ConfigError, match=r"front end name=.* is unknown"):
        build_front_end({"name": name})

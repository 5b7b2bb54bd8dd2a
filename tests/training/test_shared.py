"""Jobs of a run that follow each other share corpus, folds and learner; others do not."""

import pytest

from ser.errors import ConfigError
from ser.training.experiment import composed
from ser.training.shared import forget_work, work_of


@pytest.fixture(autouse=True)
def _alone():
    forget_work()
    yield
    forget_work()


@pytest.fixture
def configured(emodb):
    """Give a function that composes a configuration on the small corpus."""

    def configured(*words):
        corpus = (f"data.root={emodb.root}", "data.verify=false", "cv=speaker", "model=cnn1d")
        cfg = composed([*corpus, *words])
        del cfg._content["hydra"]
        return cfg

    return configured


def test_jobs_that_differ_in_their_fold_alone_share_all(configured):
    assert work_of(configured("fold=0")) is work_of(configured("fold=2"))


@pytest.mark.parametrize("word", ["seed=1", "model.learning_rate=1e-2", "cv=kfold", "output=b"])
def test_jobs_that_differ_in_more_share_no_learner(configured, word):
    first, second = work_of(configured("fold=0")), work_of(configured("fold=0", word))
    assert first.learner is not second.learner
    assert second.config != first.config


def test_what_is_forgotten_is_built_anew(configured):
    first = work_of(configured("fold=0"))
    forget_work()
    second = work_of(configured("fold=0"))
    assert first is not second
    assert first.data is not second.data


def test_what_cannot_be_is_refused_each_time(configured):
    for _ in range(2):
        with pytest.raises(ConfigError, match="trainer"):
            work_of(configured("fold=0", "trainer.accelerator=abacus"))

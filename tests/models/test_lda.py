"""Discriminant analysis: the same weights as scikit-learn's, and as the formula of many numbers."""

import inspect
from pathlib import Path

import numpy as np
import pytest
from omegaconf import OmegaConf
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from ser.errors import ConfigError
from ser.models.lda import LDA
from ser.runs.configuration import config_folder


def vectors(rows, columns, classes=4):
    """Correlated vectors of classes that are not equally frequent."""
    draw = np.random.default_rng(rows)
    place = np.minimum(draw.integers(0, classes + 1, rows), classes - 1)
    noise = draw.normal(size=(rows, columns)) @ draw.normal(size=(columns, columns))
    return noise + 2 * draw.normal(size=(classes, columns))[place], place


def relative(values):
    """Decision values less what they share, which decides nothing."""
    return values - values.mean(1, keepdims=True)


@pytest.mark.parametrize("shrinkage", [0.01, 0.4, 1.0])
def test_few_numbers_are_judged_as_by_scikit_learn_with_equal_priors(shrinkage):
    features, classes = vectors(90, 7)
    theirs = LinearDiscriminantAnalysis(solver="lsqr", shrinkage=shrinkage).fit(features, classes)
    expected = theirs.decision_function(features) - np.log(theirs.priors_)
    mine = LDA(shrinkage).fit(features, classes).decision_function(features)
    np.testing.assert_allclose(relative(mine), relative(expected), rtol=1e-8, atol=1e-8)


def test_many_numbers_are_judged_by_the_covariance_that_they_would_fill():
    features, classes = vectors(30, 70)
    means = np.stack([features[classes == i].mean(0) for i in range(4)])
    spread = features - means[classes]
    covariance = spread.T @ spread / 30
    even = np.trace(covariance) / 26  # 30 vectors differ from 4 means in 26 directions
    inverse = np.linalg.inv(0.6 * covariance + 0.4 * even * np.eye(70))
    gaps = features[:, None] - means
    expected = -np.einsum("vci,ij,vcj->vc", gaps, inverse, gaps) / 2
    mine = LDA(0.4).fit(features, classes).decision_function(features)
    np.testing.assert_allclose(relative(mine), relative(expected), rtol=1e-7)


def test_of_two_classes_the_second_has_the_positive_values():
    features, classes = vectors(40, 60, classes=2)
    fitted = LDA().fit(features, classes + 5)
    assert fitted.decision_function(features).shape == (40,)
    assert fitted.predict(features).tolist() == (classes + 5).tolist()


def test_vectors_that_equal_their_means_are_named_by_the_nearest():
    features = np.repeat(np.eye(3), 2, axis=0)
    assert LDA().fit(features, [0, 0, 1, 1, 2, 2]).predict(np.eye(3) * 0.9).tolist() == [0, 1, 2]


@pytest.mark.parametrize("shrinkage", [0, -0.1, 1.01, float("nan")])
def test_a_shrinkage_out_of_range_is_refused(shrinkage):
    with pytest.raises(ConfigError, match="must be over 0, and 1 at most"):
        LDA(shrinkage)


def test_one_class_cannot_be_told_from_others():
    with pytest.raises(ValueError, match="needs 2 classes"):
        LDA().fit(np.eye(3), [1, 1, 1])


def test_the_default_is_that_of_the_configuration():
    content = OmegaConf.load(Path(config_folder(), "model", "lda.yaml"))
    assert content.shrinkage == inspect.signature(LDA).parameters["shrinkage"].default

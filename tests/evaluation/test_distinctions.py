"""Runs are told apart by the settings that differ, and by nothing that is equal."""

from ser.evaluation.distinctions import labels_of
from ser.runs.names import Name

NAME = Name("emodb", "svm", "speaker")


def test_a_number_is_the_same_with_and_without_a_point():
    runs = [(NAME, {"model.C": c, "model.tol": t}) for c, t in ((1.0, 1e-3), (1, 1e-4))]
    assert [label.settings for label in labels_of(runs)] == [("tol=0.001",), ("tol=1e-4",)]


def test_what_differs_is_named_as_it_would_be_typed():
    runs = [(NAME, {"model.C": c, "refit": on}) for c, on in ((1.0, True), (0.5, False))]
    assert [label.settings for label in labels_of(runs)] == [
        ("C=1", "refit=true"),
        ("C=0.5", "refit=false"),
    ]

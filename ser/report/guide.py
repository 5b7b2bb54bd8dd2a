"""What the words on the page mean."""

from __future__ import annotations

from ser.evaluation.calibration import BINS
from ser.report.markup import Markup, element

TERMS = {
    "UAR": "unweighted average recall: the mean over the emotions of the share recognised. "
    "Chance is one over the number of emotions, however many utterances each has.",
    "95 %": "bootstrap interval of the pooled UAR. Over utterances: had other sentences of these "
    "speakers been recorded. Over speakers: had other people spoken; it is the one to quote where "
    "no speaker is on both sides of a fold. The networks are held fixed in both.",
    "Expected calibration error": f"mean gap between confidence and accuracy in {BINS} bins of "
    "equal width, weighted by their predictions (Guo et al., On calibration of modern neural "
    "networks, ICML 2017).",
    "protocol=honest": "scaler, augmentation and the choice of the epoch see the training side "
    "alone.",
    "LEAKS": "the test side reached the training side. Such figures are here to be explained, not "
    "to be compared.",
    "Selected on test": "a run that was picked because it came first on the test folds looks "
    "better than it is. Pick by the validation side, then read the test figure once.",
}


def guide() -> Markup:
    """Explain the terms."""
    entries = [[element("dt", term), element("dd", words)] for term, words in TERMS.items()]
    heading = element("h2", "How to read this page")
    return element("section", heading, element("dl", entries, class_="guide"), id="guide")

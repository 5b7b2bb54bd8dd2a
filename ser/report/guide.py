"""What the words on the page mean."""

from __future__ import annotations

from ser.evaluation.calibration import BINS

TERMS = {
    "UAR": "unweighted average recall: the mean over the emotions of the share recognised. "
    "Chance is one over the number of emotions, however many utterances each has.",
    "95 %": "bootstrap interval of a pooled figure. Over utterances: what if other sentences of "
    "these speakers had been recorded? Over speakers: what if other people had spoken? The latter "
    "is the one to quote where no speaker is on both sides of a fold. Neither retrains a network.",
    "Calibration error": f"expected calibration error: the mean gap between confidence and "
    f"accuracy in {BINS} bins of equal width, weighted by their predictions (Guo et al., On "
    "calibration of modern neural networks, ICML 2017). Lower is better.",
    "Log loss": "mean of the negative logarithm of the probability that the true emotion was "
    "given. Lower is better; whoever gives every emotion the same probability has the logarithm "
    "of their number.",
    "protocol=honest": "scaler, augmentation and the choice of the epoch see the training side "
    "alone.",
    "LEAKS": "the test side reached the training side. Such figures are here to be explained, not "
    "to be compared.",
    "Selected on test": "a run that was picked because it came first on the test folds looks "
    "better than it is. Pick by the validation side, then read the test figure once.",
}

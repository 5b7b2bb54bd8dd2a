"""What a model file says of itself, beside its weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ser.errors import RunError
from ser.system.letters import is_text

ESTIMATOR = "estimator"  # what the file of a classifier of scikit-learn says for a network
LONGEST_NAME = 500  # letters
MOST_LABELS = 1000  # a confusion matrix has the square of it


def check_description(content: Mapping[str, Any]) -> dict[str, Any]:
    """Check name, labels and front end of a model file, and give what says them.

    Args:
        content: Content of the file.

    Raises:
        RunError: If something is absent, or of another type than ser writes.
    """
    described = content.get("ser")
    if not isinstance(described, dict) or not {"network", "labels", "front_end"} <= set(described):
        raise RunError(
            "the checkpoint was not written by ser; pass a model.ckpt that ser.train wrote."
        )
    network = described["network"]
    if not isinstance(network, str) or len(network) > LONGEST_NAME:
        raise RunError("it does not give the name of its network as text; the file is damaged.")
    _check_labels(described["labels"])
    front_end = described["front_end"]
    if front_end is not None and not isinstance(front_end, dict):
        raise RunError(f"its front end is a {type(front_end).__name__}; the file is damaged.")
    return described


def _check_labels(labels: object) -> None:
    """Refuse labels that are no different texts, as those of a corpus are."""
    words = labels if isinstance(labels, list) else []
    different = all(map(is_text, words)) and len(set(words)) == len(words)
    if not (different and 0 < len(words) <= MOST_LABELS):
        raise RunError(
            f"its labels are not 1 to {MOST_LABELS} different words; the file is damaged."
        )

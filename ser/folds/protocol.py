"""Evaluation protocols: the honest one, the published one that leaks, and the steps between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ser.errors import check_choice

UNITS = ("utterance", "row")
BY_GROUP = ("speaker", "corpus")
SCALERS = ("train", "all", "none", *BY_GROUP)
TRANSDUCTIVE: Mapping[str, str] = {
    group: f"the features of each {group} are scaled by all audio of that {group}, tested "
    "utterances included, without labels"
    for group in BY_GROUP
}


@dataclass(frozen=True)
class Protocol:
    """What may cross the line between training and test.

    Args:
        name: Name used on the command line and stamped on every artefact.
        unit: What is dealt to the folds: whole utterances with all their copies, or single
            rows, so that copies of a test utterance are trained on.
        test_copies: Whether augmented copies are tested too, beside the originals.
        scaler: Rows that mean and standard deviation are taken from: those of the training
            side, all of them, none (features are not scaled), or for each speaker, or for each of
            several corpora, all of its own, whatever side they are on, which is transductive.
        validation: Whether a part of the training side chooses the epoch; without it the
            last epoch is taken.

    Raises:
        ConfigError: If ``unit`` or ``scaler`` is not among the allowed values.
    """

    name: str = "honest"
    unit: str = "utterance"
    test_copies: bool = False
    scaler: str = "train"
    validation: bool = True

    def __post_init__(self) -> None:
        check_choice("protocol.unit", self.unit, UNITS)
        check_choice("protocol.scaler", self.scaler, SCALERS)

    @property
    def transductive(self) -> str:
        """How tested audio has a part in how it is scaled itself; mostly empty. No label has."""
        return TRANSDUCTIVE.get(self.scaler, "")

    def leaks(self, copies: bool) -> str:
        """How the test side reaches the training side, or an empty string.

        Args:
            copies: Whether there are copies of utterances, which rows can separate.
        """
        ways = []
        if self.unit == "row" and copies:
            ways.append("copies of test utterances are in training")
        if self.scaler == "all":
            ways.append("the scaler saw the test side")
        return "; ".join(ways)


def stamp(protocol: str, leaks: str, shuffled: bool, transductive: str = "") -> str:
    """Give ``honest``, ``published (LEAKS)``, or ``honest, TRANSDUCTIVE, SHUFFLED LABELS``.

    Args:
        protocol: Name of the protocol.
        leaks: How the test side reaches the training side; empty if it does not.
        shuffled: Whether the labels were shuffled.
        transductive: How tested audio has a part in how it is scaled; empty if it has none.
    """
    words = {"TRANSDUCTIVE": bool(transductive), "SHUFFLED LABELS": shuffled}
    said = [word for word, holds in words.items() if holds]
    return ", ".join([f"{protocol}{' (LEAKS)' if leaks else ''}", *said])

"""What a model file says of its training: under which protocol, on which corpus, on what audio."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ser.errors import RunError
from ser.features.facts import FACTS

Limits = tuple[float, float]
PAIR = 2
NOT_ALONE: Mapping[str, str] = {
    "speaker": "this model was trained with normalise=speaker and judges a speaker by all of his "
    "or her audio, not by one file; put that into a folder of one speaker and pass "
    "input=FOLDER speaker=one, or call predictor.of_speaker(recordings).",
    "corpus": "this model was trained with normalise=corpus and judges recordings by all audio of "
    "their corpus, not by one file; put that into one folder and pass input=FOLDER speaker=one, "
    "or call predictor.of_speaker(recordings).",
}  # sentences for whoever asks about one file


@dataclass(frozen=True)
class Origin:
    """Where a model is from.

    Args:
        corpus: Class of the corpus; empty where the file does not say.
        regime: Name of the regime.
        fold: Fold that was held out, counted from 0.
        protocol: Name of the protocol.
        leaks: How the test side reached the training side; empty if it did not.
        shuffled: Whether the labels were shuffled.
        transductive: Whether features are scaled by all audio of a group of recordings.
        scaler: Which group: those of a ``"speaker"``, or of a ``"corpus"``.
        heard: 1st and 99th percentile of each of ``FACTS`` over the training side; empty where
            the file does not say.
    """

    corpus: str = ""
    regime: str = ""
    fold: int | None = None
    protocol: str = ""
    leaks: str = ""
    shuffled: bool = False
    transductive: bool = False
    scaler: str = "speaker"
    heard: Mapping[str, Limits] = field(default_factory=dict)

    @staticmethod
    def read(content: object) -> Origin:
        """Read what a model file holds; what an older file lacks keeps its default.

        Raises:
            RunError: If it holds something else.
        """
        if not isinstance(content, Mapping):
            raise _damaged(content)
        words = {key: content.get(key, "") for key in ("corpus", "regime", "protocol", "leaks")}
        switches = {key: content.get(key, False) for key in ("shuffled", "transductive")}
        right = all(isinstance(word, str) for word in words.values()) and all(
            isinstance(switch, bool) for switch in switches.values()
        )
        fold, scaler = content.get("fold"), content.get("scaler", "speaker")
        if not (right and isinstance(fold, int | None) and scaler in NOT_ALONE):
            raise _damaged(content)
        heard = _limits(content.get("heard", {}))
        return Origin(**words, **switches, fold=fold, scaler=scaler, heard=heard)

    def check_alone(self) -> None:
        """Refuse to judge one utterance where it is judged by all audio of its speaker or corpus.

        Raises:
            RunError: If the model was trained with ``normalise=speaker`` or ``=corpus``.
        """
        if self.transductive:
            raise RunError(NOT_ALONE[self.scaler])

    @property
    def alarms(self) -> tuple[str, ...]:
        """Sentences on what makes the model, or the figures of its run, worthless; mostly none."""
        alarms = []
        if self.shuffled:
            alarms.append(
                "SHUFFLED LABELS: this model was trained on them, and its answers are noise."
            )
        if self.leaks:
            under = f"protocol={self.protocol}" if self.protocol else "a leaking protocol"
            alarms.append(
                f"LEAKING PROTOCOL: this model was trained under {under}, so that its figures are "
                f"too high: {self.leaks}."
            )
        if self.transductive:
            from ser.folds.protocol import TRANSDUCTIVE  # noqa: PLC0415 - scikit-learn comes with it

            alarms.append(f"TRANSDUCTIVE: {TRANSDUCTIVE[self.scaler]}.")
        return tuple(alarms)


def _limits(heard: object) -> dict[str, Limits]:
    if not isinstance(heard, Mapping):
        raise _damaged(heard)
    limits = {}
    for name, pair in heard.items():
        numbers = isinstance(pair, list | tuple) and all(isinstance(n, float) for n in pair)
        if name not in FACTS or not numbers or len(pair) != PAIR:
            raise _damaged(heard)
        limits[name] = (pair[0], pair[1])
    return limits


def _damaged(content: Any) -> RunError:
    return RunError(
        f"the model file says {str(content)[:60]!r} of its origin, which ser.train does not write; "
        "the file is damaged or was edited. Train the model again, or copy the file anew."
    )

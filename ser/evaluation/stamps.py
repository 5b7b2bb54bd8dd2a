"""What a reader must know to judge the figures of a run; it is on every artefact."""

from __future__ import annotations

from dataclasses import dataclass, fields

import pandas as pd

from ser.evaluation.design import leaked_utterances, speakers_shared
from ser.folds.protocol import Protocol, stamp
from ser.runs.reading import Run

SHARED = {
    True: "speakers are on both sides of a fold",
    False: "no speaker is on both sides of a fold",
    None: "whether speakers are on both sides of a fold does not follow from what is here",
}


@dataclass(frozen=True)
class Stamp:
    """Protocol of a run, in one word, in one line and in full.

    Args:
        protocol: Name of the protocol.
        leaks: How the test side reaches the training side; empty if it does not.
        shuffled: Whether the labels were shuffled.
        shared: Whether speakers are on both sides of a fold; None where nothing tells.
        regime: A sentence on the folds and the protocol.
    """

    protocol: str
    leaks: str
    shuffled: bool
    shared: bool | None
    regime: str

    @property
    def alarms(self) -> list[str]:
        """Sentences on what makes the figures worthless for a comparison; mostly none."""
        alarms = []
        if self.shuffled:
            alarms.append("SHUFFLED LABELS: what is above chance has leaked.")
        if self.leaks:
            alarms.append(f"LEAKING PROTOCOL, the figures are too high: {self.leaks}.")
        return alarms

    @property
    def notes(self) -> list[str]:
        """All sentences."""
        return [self.regime, *self.alarms]

    @property
    def short(self) -> str:
        """The stamp in a table: ``honest``, ``published (LEAKS)``, ``honest, SHUFFLED LABELS``."""
        return stamp(self.protocol, self.leaks, self.shuffled)

    @property
    def mark(self) -> str:
        """Word for a page to stress the run by; empty where there is nothing to warn of."""
        return "leak" if self.alarms else ""


def stamp_of(run: Run, design: pd.DataFrame) -> Stamp:
    """Read the stamp of a run from its identity and from what its folds hold.

    Args:
        run: Run to stamp.
        design: What ``design_of`` gives for it.
    """
    protocol = protocol_of(run)
    shuffled = bool(run.identity.get("shuffle_labels", False))
    seen = _seen_overlap(run, design)
    copies = bool(run.identity.get("augment.copies"))
    leaks = "; ".join(filter(None, (protocol.leaks(copies), seen)))
    shared = speakers_shared(run, design) if run.finished else None
    sides = SHARED[shared] if run.finished else "no fold is finished yet"
    regime = f"cv={run.name.cv}: {sides}; protocol={protocol.name}."
    return Stamp(protocol.name, leaks, shuffled, shared, regime)


def protocol_of(run: Run) -> Protocol:
    """Build the protocol that a run was trained under."""
    known = {field.name for field in fields(Protocol)}
    settings = {key.partition("protocol.")[2]: value for key, value in run.identity.items()}
    return Protocol(**{key: value for key, value in settings.items() if key in known})


def _seen_overlap(run: Run, design: pd.DataFrame) -> str:
    """Say how many tested utterances folds.json shows in training, whatever the protocol says."""
    crossing = leaked_utterances(design)
    if not crossing:
        return ""
    tested = len(run.predictions.drop_duplicates(["fold", "id"]))
    share = f"{100 * crossing / tested:.0f} %"
    return f"folds.json has {share} of tested utterances, or copies, in training"

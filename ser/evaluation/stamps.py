"""What a reader must know to judge the figures of a run; it is on every artefact.

The one place that words it: a training, a report, a sweep and a status say the same.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import pandas as pd

from ser.evaluation.design import leaked_utterances, overlaps_in, speakers_shared
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
        cv: Name of the regime.
        protocol: Name of the protocol.
        leaks: How the test side reaches the training side; empty if it does not.
        shuffled: Whether the labels were shuffled.
        shared: Whether speakers are on both sides of a fold; None where nothing tells.
        finished: Whether there is a fold to say so of.
        transductive: How tested audio has a part in how it is scaled; empty if it has none.
    """

    cv: str
    protocol: str
    leaks: str = ""
    shuffled: bool = False
    shared: bool | None = None
    finished: bool = True
    transductive: str = ""

    @property
    def regime(self) -> str:
        """A sentence on the folds and the protocol."""
        sides = SHARED[self.shared] if self.finished else "no fold is finished yet"
        return f"cv={self.cv}: {sides}; protocol={self.protocol}."

    @property
    def alarms(self) -> list[str]:
        """Sentences on what makes the figures unfit for a comparison; mostly none."""
        alarms = []
        if self.shuffled:
            alarms.append("SHUFFLED LABELS: what is above chance has leaked.")
        if self.leaks:
            alarms.append(f"LEAKING PROTOCOL, the figures are too high: {self.leaks}.")
        if self.transductive:
            alarms.append(f"TRANSDUCTIVE, to be compared with its like alone: {self.transductive}.")
        return alarms

    @property
    def notes(self) -> list[str]:
        """All sentences."""
        return [self.regime, *self.alarms]

    @property
    def comment(self) -> str:
        """The alarms as comments at the head of a file; mostly empty."""
        return "".join(f"# {alarm}\n" for alarm in self.alarms)

    @property
    def short(self) -> str:
        """The stamp in a table: ``honest``, ``published (LEAKS)``, ``honest, SHUFFLED LABELS``."""
        return stamp(self.protocol, self.leaks, self.shuffled, self.transductive)

    @property
    def mark(self) -> str:
        """Word for a page to stress the run by; empty where there is nothing to warn of."""
        return "leak" if self.alarms else ""

    @property
    def warning(self) -> str:
        """What a page warns of, in a word or two; mostly empty."""
        words = {
            "leaks": bool(self.leaks),
            "shuffled labels": self.shuffled,
            "transductive": bool(self.transductive),
        }
        return next((word for word, holds in words.items() if holds), "")

    @property
    def suffix(self) -> str:
        """What is put behind the name of a run that is not to be compared; mostly empty."""
        return f" [{self.short}]" if self.alarms else ""


def declared(run: Run) -> Stamp:
    """Stamp a run by its settings alone, before or without a look at its folds."""
    protocol = protocol_of(run)
    return Stamp(
        cv=run.name.cv,
        protocol=protocol.name,
        leaks=protocol.leaks(bool(run.identity.get("augment.copies"))),
        shuffled=bool(run.identity.get("shuffle_labels", False)),
        finished=bool(run.finished),
        transductive=protocol.transductive,
    )


def stamp_of(run: Run, design: pd.DataFrame) -> Stamp:
    """Stamp a run by its settings and by what its folds hold.

    Args:
        run: Run to stamp.
        design: What ``design_of`` gives for it.
    """
    stamp, shares = declared(run), overlaps_in(design)
    if not run.finished:
        return stamp
    seen = _seen_overlap(run, leaked_utterances(shares))
    return replace(
        stamp,
        leaks="; ".join(filter(None, (stamp.leaks, seen))),
        shared=speakers_shared(run, design, shares),
    )


def protocol_of(run: Run) -> Protocol:
    """Build the protocol that a run was trained under."""
    known = {field.name for field in fields(Protocol)}
    settings = {key.partition("protocol.")[2]: value for key, value in run.identity.items()}
    return Protocol(**{key: value for key, value in settings.items() if key in known})


def _seen_overlap(run: Run, crossing: int) -> str:
    """Say how many tested utterances folds.json shows in training, whatever the protocol says."""
    if not crossing:
        return ""
    tested = len(run.predictions.drop_duplicates(["fold", "id"]))
    share = f"{100 * crossing / tested:.0f} %"
    return f"folds.json has {share} of tested utterances, or copies, in training"

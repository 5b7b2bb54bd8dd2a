"""What a run is called: corpus, model and regime, read from its folder and its identity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, order=True)
class Name:
    """Name of a run, as ``ser.train`` gives it to the folder.

    Args:
        corpus: Name of the corpus, such as ``emodb``.
        model: Name of the network.
        cv: Name of the regime.
        variant: What else was changed; empty for the plain run.
    """

    corpus: str
    model: str
    cv: str
    variant: str = ""

    @property
    def plain(self) -> str:
        """The name without what else was changed."""
        return f"{self.corpus}/{self.model}/{self.cv}"

    def __str__(self) -> str:
        return "/".join(filter(None, (self.plain, self.variant)))


def name_of(folder: Path, identity: Mapping[str, Any]) -> Name:
    """Read the name of a run from ``corpus/model/cv[/variant]`` at the end of its path.

    A folder that was moved or renamed is called by the classes in its identity.

    Args:
        folder: Folder of the run.
        identity: What decides the figures, as dotted keys.
    """
    cv = str(identity.get("cv.name", "unknown"))
    corpus = _kind(identity, "data").removesuffix("DataModule").lower() or "unknown"
    parts = folder.resolve().parts
    places = [i for i in range(2, len(parts)) if parts[i] == cv]
    sure = [i for i in places if parts[i - 2].replace("_", "").lower() == corpus]
    for i in (*sure, *reversed(places)):
        return Name(parts[i - 2], parts[i - 1], cv, "/".join(parts[i + 1 :]))
    return Name(corpus, _kind(identity, "model").lower() or "unknown", cv, folder.name)


def _kind(identity: Mapping[str, Any], group: str) -> str:
    return str(identity.get(f"{group}._target_", "")).rpartition(".")[2]

"""What a run is called: the name that a configuration gives it, and the one its folder has."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ser.runs.configuration import INCIDENTAL

CHOICES = ("data", "model", "cv")
LONGEST = 200  # bytes of a folder name; file systems take 255, and drafts add to it
UNNAMED = (*INCIDENTAL, *CHOICES, "trainer", "data.verify", "experiment", "sweep", "hydra", "leak")


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


def run_name(
    choices: Mapping[str, str | None], overrides: Sequence[str], name: str | None = None
) -> Path:
    """Name a run by what it is: ``corpus/model/cv``, then its experiment and what was changed.

    Args:
        choices: Choice of each configuration group.
        overrides: Words of the command line, such as ``model.learning_rate=1e-4``.
        name: Last part of the name, instead of one made from experiment and overrides.

    Example:
        >>> run_name({"data": "emodb", "model": "cnn1d", "cv": "speaker"}, ["seed=3"]).as_posix()
        'emodb/cnn1d/speaker'
    """
    parts = [str(choices[group]) for group in CHOICES]
    if name:
        return Path(*parts, name)
    experiment = choices.get("experiment")
    changed = [experiment.rpartition("/")[2]] if experiment else []
    changed += sorted(o.lstrip("+~") for o in overrides if _tells(o))
    return Path(*parts, *([shorten(",".join(changed).replace("/", "-"))] if changed else []))


def shorten(name: str) -> str:
    """Cut a name that no file system would take; a digest of the whole keeps it unique."""
    if len(name.encode()) <= LONGEST:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:12]
    return f"{name.encode()[: LONGEST - 13].decode(errors='ignore')}-{digest}"


def _tells(override: str) -> bool:
    key = override.lstrip("+~").partition("=")[0].partition("@")[0]
    return not any(key in (name, f"/{name}") for name in UNNAMED) and not key.startswith(
        ("hydra.", "hydra/", "logger.")
    )

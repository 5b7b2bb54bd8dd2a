"""What a run is called: the name that a configuration gives it, and the one its folder has."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ser.errors import ConfigError
from ser.runs.configuration import INCIDENTAL, is_place
from ser.runs.words import safe_name, short_name
from ser.system.paths import expanded
from ser.system.together import together

CHOICES = ("data", "model", "cv")
LONGEST_GIVEN = 100  # characters of a name that is given
GIVEN = re.compile(rf"(?!fold-)[A-Za-z0-9][A-Za-z0-9._-]{{0,{LONGEST_GIVEN - 1}}}")
ADDED = "+"  # a grid is always added, which tells nothing
OF_DATA = ("data.verify", "data.test")
UNNAMED = (*INCIDENTAL, *CHOICES, *OF_DATA, "trainer", "experiment", "sweep", "hydra")


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


def choices_of(chosen: Mapping[str, str | None], data: Mapping[str, Any]) -> dict[str, Any]:
    """Call a corpus by the name that it was given, or else by its table or folder.

    Args:
        chosen: Choice of each configuration group.
        data: Settings of the corpus; only one of a user's own has a ``name``.

    Example:
        >>> choices_of({"data": "table"}, {"name": None, "file": "lists/calls.csv"})
        {'data': 'calls'}
    """
    own = "name" in data and (data["name"] or _called(data))
    return {**chosen, "data": own or chosen["data"]}


def _called(data: Mapping[str, Any]) -> str:
    file, root = data.get("file"), data.get("root")
    if file:
        return Path(file).stem
    if data.get("corpora"):
        return together(list(data["corpora"]), data.get("test"))
    return expanded(root).resolve().name if root else ""


def run_name(
    choices: Mapping[str, str | None], overrides: Sequence[str], name: str | None = None
) -> Path:
    """Name a run by what it is: ``corpus/model/cv``, then its experiment and what was changed.

    Args:
        choices: Choice of each configuration group.
        overrides: Words of the command line, such as ``model.learning_rate=1e-4``.
        name: Last part of the name, instead of one made from experiment and overrides.

    Raises:
        ConfigError: If ``name`` holds what the name of a folder may not.

    Example:
        >>> choices = {"data": "emodb", "model": "cnn1d", "cv": "speaker"}
        >>> run_name(choices, ["seed=3", "trainer.max_epochs=3"]).as_posix()
        'emodb/cnn1d/speaker/epochs-3'
    """
    plain = Path(*(safe_name(str(choices[group])) for group in CHOICES))
    if name:
        return plain / _accepted(name)
    words = [word.removeprefix(ADDED) for word in overrides if tells(word)]
    return plain / short_name(choices.get("experiment") or "", words)


def tells(override: str) -> bool:
    """Whether a word of the command line makes another run of it, and so has part in its name."""
    key = override.lstrip("+~").partition("=")[0].partition("@")[0]
    unnamed = is_place(key) or any(key in (name, f"/{name}") for name in UNNAMED)
    return not unnamed and not key.startswith(("hydra.", "hydra/", "logger."))


def _accepted(name: str) -> str:
    if GIVEN.fullmatch(name):
        return name
    raise ConfigError(
        f"name={name} must be at most {LONGEST_GIVEN} letters, digits, '.', '_' and '-', begin "
        "with a letter or a digit, and not read like the folder of a fold; choose another name, or "
        "leave it out to have one made of what was changed."
    )

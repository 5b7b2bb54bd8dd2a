"""Runs under the names that earlier versions gave them: they are gone on with, or refused.

At first names held whole words, such as ``trainer.max_epochs=3,model.learning_rate=2e-4``. Short
ones still named the file of a list of folds.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from ser.errors import RunError
from ser.runs.configuration import is_place
from ser.runs.layout import IDENTITY
from ser.runs.names import CHOICES, run_name, tells
from ser.runs.words import short_name

LONGEST = 200  # bytes


def legacy_run_name(
    choices: Mapping[str, str | None], overrides: Sequence[str], name: str | None = None
) -> Path:
    """Name that a run had before names were short.

    Args:
        choices: Choice of each configuration group.
        overrides: Words of the command line.
        name: Last part of the name, where one was given.
    """
    plain = Path(*(str(choices[group]) for group in CHOICES))
    experiment = choices.get("experiment")
    changed = [experiment.rpartition("/")[2]] if experiment else []
    changed += sorted(word.lstrip("+~") for word in overrides if tells(word) or _was_named(word))
    return plain / (name or _cut(",".join(changed).replace("/", "-")))


def refuse_legacy(
    output: Path,
    choices: Mapping[str, str | None],
    overrides: Sequence[str],
    name: str | None = None,
) -> None:
    """Refuse to begin a run anew beside its folder of an earlier version.

    Args:
        output: Folder that runs are below.
        choices: Choice of each configuration group.
        overrides: Words of the command line.
        name: Last part of the name, where one is given.

    Raises:
        RunError: If the run lies under its old name, and not yet under its new one.
    """
    new = output / run_name(choices, overrides, name)
    if (new / IDENTITY).exists():
        return
    for earlier in (legacy_run_name, _name_with_places):
        old = output / earlier(choices, overrides, name)
        if (old / IDENTITY).exists():
            raise RunError(
                f"{old} holds this run under the name that an earlier version gave it: rename that "
                f"folder to {new} to go on with it, or pass name=ANOTHER_NAME to begin anew."
            )


def _name_with_places(
    choices: Mapping[str, str | None], overrides: Sequence[str], name: str | None = None
) -> Path:
    """Name that a run had while the place of a list of folds was a part of it."""
    words = [word for word in overrides if tells(word) or _was_named(word)]
    experiment = choices.get("experiment") or ""
    plain = run_name({**choices, "experiment": None}, (), name)
    return plain if name else plain / short_name(experiment, words)


def _was_named(word: str) -> bool:
    """Whether a word says where something lies, which was a part of names but for the root."""
    key = word.lstrip("+").partition("=")[0]
    return is_place(key) and key != "data.root"


def _cut(name: str) -> str:
    if len(os.fsencode(name)) <= LONGEST:
        return name
    digest = hashlib.sha256(os.fsencode(name)).hexdigest()[:12]
    return f"{os.fsencode(name)[: LONGEST - 13].decode(errors='ignore')}-{digest}"

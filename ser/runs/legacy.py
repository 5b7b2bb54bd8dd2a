"""Runs under the names that were given before they were short: they are gone on with, or refused.

Names held whole words then, such as ``trainer.max_epochs=3,model.learning_rate=2e-4``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from ser.errors import RunError
from ser.runs.names import CHOICES, run_name, tells

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
    changed += sorted(word.lstrip("+~") for word in overrides if tells(word))
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
    old = output / legacy_run_name(choices, overrides, name)
    new = output / run_name(choices, overrides, name)
    if (new / "identity.json").exists() or not (old / "identity.json").exists():
        return
    raise RunError(
        f"{old} holds this run under the name that an earlier version gave it: rename that folder "
        f"to {new} to go on with it, or pass name=ANOTHER_NAME to begin anew."
    )


def _cut(name: str) -> str:
    if len(name.encode()) <= LONGEST:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:12]
    return f"{name.encode()[: LONGEST - 13].decode(errors='ignore')}-{digest}"

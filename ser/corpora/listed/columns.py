"""Which column of a table holds what: by its name, or by the name that its owner gave it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from ser.errors import ConfigError, CorpusError, check_choice
from ser.system.written import as_written

NEEDED = ("path", "emotion", "speaker")
OPTIONAL = ("id", "sentence", "session", "sex", "style", "age", "language", "start", "end", "split")
ROLES = (*NEEDED, *OPTIONAL)
# What such columns are often called elsewhere; proposed, and never taken unasked.
CUSTOMARY: Mapping[str, tuple[str, ...]] = {
    "path": ("file", "filename", "file_name", "filepath", "file_path", "wav", "audio"),
    "emotion": ("label", "emo", "category", "target", "class"),
    "speaker": ("speaker_id", "spk", "spk_id", "speakerid", "actor", "subject"),
}

NOBODY = (
    "If nobody knows who speaks, add one with the same word in every row: cv=stratified works "
    "then, but no figure is one for new speakers."
)


def given_columns(given: Any) -> dict[str, str]:
    """Read names of columns by their role, which may be a text in YAML.

    Raises:
        ConfigError: If they are anything else.
    """
    found = as_written(given) if isinstance(given, str) else given or {}
    if not isinstance(found, Mapping):
        raise ConfigError(
            f"data.columns={given} must be a mapping, as {{path: wav, emotion: label}}."
        )
    return {str(role): str(column) for role, column in found.items() if column is not None}


def columns_of(path: Path, present: Collection[str], given: Mapping[str, str]) -> dict[str, str]:
    """Find the column of each role that a table has.

    Args:
        path: Where the table lies; for messages.
        present: Names of its columns.
        given: Names of columns by their role, where they are called otherwise.

    Returns:
        Names of columns, by role.

    Raises:
        ConfigError: If a role is unknown, or a column is not there.
        CorpusError: If a column is missing; proposes those that are customary.
    """
    for role, column in given.items():
        check_choice("data.columns", role, ROLES)
        if column not in present:
            raise ConfigError(
                f"data.columns={{{role}: {column}}}: {path} has no such column, but "
                f"{', '.join(present)}."
            )
    own = {name.lower(): name for name in present} | {name: name for name in present}
    found = {role: own[role] for role in ROLES if role in own} | dict(given)
    if missing := [role for role in NEEDED if role not in found]:
        raise CorpusError(_missing(path, missing, present, own))
    return found


def _missing(path: Path, roles: list[str], present: Collection[str], own: Mapping[str, str]) -> str:
    near = {role: [own[name] for name in CUSTOMARY[role] if name in own] for role in roles}
    proposed = ", ".join(f"{role}: {(near[role] or ['…'])[0]}" for role in roles)
    nobody = "" if roles != ["speaker"] or near["speaker"] else f" {NOBODY}"
    return (
        f"{path} has no column {' or '.join(roles)} (it has {', '.join(present)}). Say which "
        f"column holds it: 'data.columns={{{proposed}}}'.{nobody}"
    )

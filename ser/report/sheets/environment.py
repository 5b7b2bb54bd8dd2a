"""Where a run was trained, and what differs between its folds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ser.report.sheets.sheet import Column, Sheet, text
from ser.runs.reading import Run

# What belongs to a fold and not to the machine; the table of folds has it.
OF_A_FOLD = ("seconds", "epochs", "chosen_epoch", "train", "validation", "test", "continued")


def environment(run: Run) -> Sheet:
    """Tabulate machine, versions and code revision; what differs between folds is said."""
    facts = [_flat(fact) for fact in run.facts.values()]
    keys = list(dict.fromkeys(key for fact in facts for key in fact))
    values = {key: sorted({str(fact.get(key, "not recorded")) for fact in facts}) for key in keys}
    rows = [[text(key), text(" · ".join(values[key]))] for key in keys if key not in OF_A_FOLD]
    differing = [key for key in keys if key not in OF_A_FOLD and len(values[key]) > 1]
    notes = [f"Folds differ in {', '.join(differing)}."] if differing else []
    return Sheet("Environment", [Column("what"), Column("value")], rows, notes)


def _flat(fact: Mapping[str, Any]) -> dict[str, Any]:
    versions = fact.get("versions", {})
    rest = {key: value for key, value in fact.items() if key != "versions"}
    return {**rest, **{f"version of {name}": number for name, number in versions.items()}}

"""What tells two tables of utterances apart, in words."""

from __future__ import annotations

import pandas as pd

from ser.system.counted import counted

SHOWN = 3  # utterances that are named of each kind of difference
UNREADABLE = {"sha256"}  # what says nothing to a reader
WORDS = {
    "sha256": ("has other sound", "have other sound"),
    "side": ("is on another side", "are on another side"),
}


def differences(old: pd.DataFrame, new: pd.DataFrame) -> list[str]:
    """Say what differs between two tables, one kind of difference a line.

    Args:
        old: Texts, indexed by utterance; a column that the other table lacks is not compared.
        new: The same, as it is now.

    Example:
        >>> old = pd.DataFrame({"emotion": ["anger", "joy"]}, index=["a", "b"])
        >>> differences(old, old.replace("joy", "fear"))
        ['1 utterance has another emotion (b: joy there, fear now)']
    """
    gone, added = old.index.difference(new.index), new.index.difference(old.index)
    lines = [_line(gone, "is not listed any more", "are not listed any more")] * bool(len(gone))
    lines += [_line(added, "was not listed then", "were not listed then")] * bool(len(added))
    both = old.index.intersection(new.index)
    for column in old.columns.intersection(new.columns):
        before, after = old.loc[both, column], new.loc[both, column]
        changed = both[(before != after).to_numpy()]
        if len(changed):
            names = [_change(name, column, before[name], after[name]) for name in changed[:SHOWN]]
            usual = (f"has another {column}", f"have another {column}")
            lines.append(_line(changed, *WORDS.get(column, usual), names))
    return lines


def _change(name: str, column: str, before: str, after: str) -> str:
    return name if column in UNREADABLE else f"{name}: {before} there, {after} now"


def _line(ids: pd.Index, one: str, many: str, names: list[str] | None = None) -> str:
    shown = "; ".join(names or ids[:SHOWN])
    more = "; …" if len(ids) > SHOWN else ""
    subject = counted(len(ids), f"utterance {one}", f"utterances {many}")
    return f"{subject} ({shown}{more})"

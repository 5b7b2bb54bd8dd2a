"""Small but complete corpora of every kind that ``conf/data`` names, for the contract test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from iemocap_layout import write_iemocap

from ser.corpora import EmoDB


@dataclass(frozen=True)
class Layout:
    """How to write a corpus in a folder, and how to make that folder useless for it.

    Args:
        write: Write the files; of a corpus that makes its own, nothing.
        spoil: Leave a folder in which the corpus cannot be; by default an empty one.
        settings: Arguments of the datamodule that keep the corpus small.
    """

    write: Callable[[Path], object]
    spoil: Callable[[Path], object] = lambda root: None
    settings: Mapping[str, Any] = field(default_factory=dict)


def write_emodb(root: Path) -> None:
    """Write all of EmoDB's names, each an empty file: listing reads names alone."""
    for name in EmoDB(root).checksums():
        (root / f"{name}.wav").touch()


def nothing(root: Path) -> None:
    """Leave it to the corpus."""


LAYOUTS = {
    "emodb": Layout(write_emodb),
    "iemocap": Layout(write_iemocap),
    "synthetic": Layout(
        nothing,
        spoil=lambda root: (root / "thesis.tex").touch(),
        settings={"sentences": 1, "speakers": 2},
    ),
}

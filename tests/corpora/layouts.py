"""Small but complete corpora of every kind that ``conf/data`` names, for the contract test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from iemocap_layout import write_iemocap
from named_layouts import COUNTED, TREES, write_some, write_whole

from ser.corpora import EmoDB


@dataclass(frozen=True)
class Layout:
    """How to write a corpus in a folder, and how to make that folder useless for it.

    Args:
        write: Write the files; of a corpus that makes its own, nothing.
        spoil: Leave a folder in which the corpus cannot be; by default an empty one.
        settings: Arguments of the datamodule that keep the corpus small, or that it needs.
        place: Setting that says where the corpus lies.
        whole: Write all that is published, where ``write`` leaves most of it out.
        counted: Whether the number of missing files is all that can be known of them.
    """

    write: Callable[[Path], object]
    spoil: Callable[[Path], object] = lambda root: None
    settings: Mapping[str, Any] = field(default_factory=dict)
    place: str = "root"
    whole: Callable[[Path], object] | None = None
    counted: bool = False


def write_emodb(root: Path) -> None:
    """Write all of EmoDB's names, each an empty file: listing reads names alone."""
    for name in EmoDB(root).checksums():
        (root / f"{name}.wav").touch()


def write_recordings(root: Path) -> None:
    """Write a moment of noise by each of two speakers in each of two emotions."""
    for emotion in ("anger", "joy"):
        (root / emotion).mkdir()
        for speaker in ("anna", "bert"):
            noise = np.random.default_rng(len(emotion)).normal(0, 0.1, 1600)
            soundfile.write(root / emotion / f"{speaker}.wav", noise, 16000)


def write_table(root: Path) -> None:
    """Write a table of recordings beside them."""
    write_recordings(root)
    rows = [
        f"{path.relative_to(root)},{path.parent.name},{path.stem}" for path in root.rglob("*.wav")
    ]
    (root / "table.csv").write_text("\n".join(["path,emotion,speaker", *rows]))


def nothing(root: Path) -> None:
    """Leave it to the corpus."""


def write_database(root: Path) -> None:
    """Write a database of audformat with the recordings."""
    audformat = pytest.importorskip("audformat", reason="needs audformat: pip install audformat")
    write_recordings(root)
    paths = sorted(root.rglob("*.wav"))
    database = audformat.Database("audformat")
    files = audformat.filewise_index([path.relative_to(root).as_posix() for path in paths])
    database["files"] = table = audformat.Table(files)
    for name, values in (
        ("emotion", [path.parent.name for path in paths]),
        ("speaker", [path.stem for path in paths]),
    ):
        database.schemes[name] = audformat.Scheme(labels=sorted(set(values)))
        table[name] = audformat.Column(scheme_id=name)
        table[name].set(values)
    database.save(str(root))


LAYOUTS = {
    "audformat": Layout(write_database, settings={"name": "audformat"}),
    "emodb": Layout(write_emodb),
    "folders": Layout(
        write_recordings, settings={"pattern": "{emotion}/{speaker}", "name": "folders"}
    ),
    "iemocap": Layout(write_iemocap),
    "synthetic": Layout(
        nothing,
        spoil=lambda root: (root / "thesis.tex").touch(),
        settings={"sentences": 1, "speakers": 2},
    ),
    "table": Layout(write_table, place="file"),
    **{
        name: Layout(
            partial(write_some, name), whole=partial(write_whole, name), counted=name in COUNTED
        )
        for name in TREES
    },
}

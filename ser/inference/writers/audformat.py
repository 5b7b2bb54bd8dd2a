"""Answers as an audformat database: a folder with a header and tables, for audEERING's tools."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ser.errors import ConfigError, storage_errors
from ser.inference.answers import SILENCE
from ser.inference.writers.findings import BETWEEN, Findings
from ser.system.folders import whole_folder

NAME = "predictions"


def require() -> None:
    """Ask for the package.

    Raises:
        ConfigError: If it is not installed.
    """
    if find_spec("audformat") is None:
        raise ConfigError(
            "output=….audformat needs the package audformat; install it with "
            "pip install '.[audformat]', or write .csv or .json."
        )


def check_names(names: Sequence[str]) -> None:
    """Refuse paths that a database cannot hold.

    Args:
        names: Paths of the recordings; bytes that are not UTF-8 are surrogates in them.

    Raises:
        ConfigError: If a path is not UTF-8; names the first such.
    """
    odd = list(dict.fromkeys(name for name in names if not _is_utf_8(name)))
    if odd:
        more = f" (and {len(odd) - 1} more)" if len(odd) > 1 else ""
        raise ConfigError(
            f"{odd[0]}{more} is not a name in UTF-8, and output=….audformat takes no other; rename "
            "it, or write .csv or .json, which take any name."
        )


def write(path: Path, findings: Findings) -> None:
    """Write a database, whole or not at all; one that was there before is replaced.

    Raises:
        ConfigError: If the package is not installed, a folder of something else is there, or the
            name of a recording is not UTF-8.
        StorageError: If the folder cannot be written.
    """
    require()
    if path.exists() and not (path / "db.yaml").is_file():
        raise ConfigError(f"{path} is there, and is no audformat database; choose another output.")
    database = _database(findings)
    with storage_errors(path), whole_folder(path) as draft:
        database.save(str(draft), storage_format="csv")


def _is_utf_8(name: str) -> bool:
    return name == name.encode(errors="ignore").decode()


def _database(findings: Findings) -> Any:
    import audformat
    import pandas as pd

    answers = list(findings.answers)
    check_names([answer.file for answer in answers])
    about = " ".join([findings.model, *findings.warnings])
    database = audformat.Database(NAME, description=about, usage="unrestricted")
    labels = [*findings.labels, *([SILENCE] if SILENCE not in findings.labels else [])]
    database.schemes["emotion"] = audformat.Scheme(labels=labels)
    database.schemes["probability"] = audformat.Scheme("float", minimum=0, maximum=1)
    database.schemes["text"] = audformat.Scheme("str")
    times = [[pd.Timedelta(seconds=getattr(a, side)) for a in answers] for side in ("start", "end")]
    index = audformat.segmented_index([answer.file for answer in answers], *times)
    table = database[NAME] = audformat.Table(index)
    columns = {label: [a.probabilities.get(label) for a in answers] for label in findings.labels}
    for name, scheme, values in (
        ("emotion", "emotion", [answer.emotion or None for answer in answers]),
        *((f"p_{label}", "probability", values) for label, values in columns.items()),
        ("notes", "text", [BETWEEN.join(answer.notes) for answer in answers]),
        ("error", "text", [answer.error for answer in answers]),
        *([("warning", "text", [findings.warning] * len(answers))] * bool(findings.warnings)),
    ):
        table[name] = audformat.Column(scheme_id=scheme)
        table[name].set(values)
    return database

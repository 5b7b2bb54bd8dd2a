"""The forms that lists of folds come in, line by line; ``ser.folds.lists`` describes them."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path, PurePosixPath
from typing import Any

from ser.corpora.tables import read_table
from ser.errors import FoldError, storage_errors
from ser.system.few import few

SIDE_WORDS = {
    "train": "train",
    "validation": "validation",
    "valid": "validation",
    "val": "validation",
    "dev": "validation",
    "test": "test",
}
EMOBOX = re.compile(r".*_(?P<side>train|valid|test)_fold_?(?P<fold>\d+)\.jsonl")
S3PRL = re.compile(r"(?P<side>train|test)_meta_data\.json")
USED = ("id", "fold", "side", "validation")  # columns that decide the sides
WHOLE = re.compile(r"(?<=\d)\.0+$")
MOST = 2**24  # places of utterances in folds
LARGEST = 2**28  # bytes of a file of entries


@dataclass(frozen=True)
class Entry:
    """One line of a list: an utterance on a side of a fold, and what is said of it.

    Args:
        id: Id of the utterance.
        fold: Name of the fold.
        side: ``"train"``, ``"validation"`` or ``"test"``.
        claims: Emotion and speaker as the list has them, in its own words.
    """

    id: str
    fold: str
    side: str
    claims: Mapping[str, str] = field(default_factory=dict)


def from_csv(path: Path) -> Iterator[Entry]:
    """Yield the lines of a CSV with a heading."""
    table = read_table(path, FoldError)
    columns = [name.casefold() for name in table.heading]
    known = set(columns) - {""}
    if not {"id", "fold"} <= known or {"side", "validation"} <= known:
        raise FoldError(
            f"{path} has the columns {', '.join(table.heading)}; a list of folds needs id and "
            "fold, and may have either side or validation."
        )
    if twice := [name for name in USED if columns.count(name) > 1]:
        raise FoldError(f"{path} has several columns called {twice[0]}; leave one of them.")
    if wide := [line[0] for line in table.lines if any(line[len(columns) :])]:
        raise FoldError(
            f"{path} has lines of more fields than its heading: {named(wide)}. Export it again; "
            "fields that hold the separator belong in quotes."
        )
    rows = [dict(zip_longest(columns, line, fillvalue="")) for line in table.lines]
    yield from entries_of(path, [_with_whole_folds(row) for row in rows], known)


def _with_whole_folds(row: dict[str, str]) -> dict[str, str]:
    """Row whose folds are whole numbers, if a program has made fractions of them."""
    return {k: WHOLE.sub("", v) if k in ("fold", "validation") else v for k, v in row.items()}


def entries_of(path: Path, rows: list[dict[str, str]], columns: Collection[str]) -> Iterator[Entry]:
    """Yield what the rows of a CSV list, in one of its forms.

    Args:
        path: Where they are from; for messages.
        rows: Rows, by the names of the columns.
        columns: Columns that there are: ``id`` and ``fold``, and ``side`` or ``validation``.
    """
    yield from _sided(path, rows) if "side" in columns else _tested(path, rows)


def _sided(path: Path, rows: Iterable[Mapping[str, str]]) -> Iterator[Entry]:
    for row in rows:
        if row["side"].lower() not in SIDE_WORDS:
            raise FoldError(
                f"{path}: side {row['side']!r} of {row['id']} must be one of "
                f"{', '.join(SIDE_WORDS)}."
            )
        yield Entry(row["id"], row["fold"], SIDE_WORDS[row["side"].lower()], _claims(row))


def _tested(path: Path, rows: list[dict[str, str]]) -> Iterator[Entry]:
    refuse_twice(path, (row["id"] for row in rows))
    names = {row["fold"] for row in rows} - {""}
    if len(names) * len(rows) > MOST:
        raise FoldError(
            f"{path} has {len(names)} folds in {len(rows)} rows, too many to deal; is the column "
            "fold that of the folds?"
        )
    for row in rows:
        for name in names:
            judged = "validation" if row.get("validation") == name else "train"
            side = "test" if row["fold"] == name else judged
            yield Entry(row["id"], name, side, _claims(row))


def from_emobox(path: Path, name: re.Match[str]) -> Iterator[Entry]:
    """Yield the lines of a JSON lines file of EmoBox; ``name`` is its name, as EMOBOX matches."""
    for line in _text(path).split("\n"):  # other ends of lines may stand within a text
        if line.strip():
            row = _loaded(path, line)
            # Older lists say audio and label, newer ones wav and emo.
            file = _word(row, "wav", "audio") or _word(row, "key").partition("-")[2]
            yield Entry(_stem(file), name["fold"], SIDE_WORDS[name["side"]], _claims(row))


def from_s3prl(path: Path, name: re.Match[str]) -> Iterator[Entry]:
    """Yield the entries of a file of s3prl; ``name`` is its name, as S3PRL matches."""
    rows = _loaded(path, _text(path)).get("meta_data")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise FoldError(f"{path} has no list of entries under meta_data; get it again.")
    for row in rows:
        yield Entry(_stem(_word(row, "path")), path.parent.name, name["side"], _claims(row))


def _text(path: Path) -> str:
    with storage_errors(path):
        if path.stat().st_size > LARGEST:
            raise FoldError(f"{path} has more than {LARGEST >> 20} MB, and is no list of folds.")
        content = path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FoldError(f"{path} is not UTF-8 ({error.reason}); get it again.") from error


def _word(row: Mapping[str, Any], *keys: str) -> str:
    """First text that an entry has under one of some names; empty if it has none."""
    return next((row[key] for key in keys if row.get(key) and isinstance(row[key], str)), "")


def _loaded(path: Path, text: str) -> dict[str, Any]:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FoldError(f"{path} is not JSON ({error}); get it again.") from error
    if not isinstance(content, dict):
        raise FoldError(f"{path} holds {text[:40]!r}, which is not an entry of a list of folds.")
    return content


def _claims(row: Mapping[str, Any]) -> dict[str, str]:
    emotion = row.get("emotion") or row.get("emo") or row.get("label")
    claims = {"emotion": emotion, "speaker": row.get("speaker")}
    return {key: str(value) for key, value in claims.items() if value}


def _stem(path: str) -> str:
    return PurePosixPath(path.replace("\\", "/")).stem


def refuse_twice(path: Path, ids: Iterable[str]) -> None:
    """Refuse a list that has an id more than once.

    Raises:
        FoldError: If it has.
    """
    twice = [name for name, count in Counter(ids).items() if count > 1]
    if twice:
        raise FoldError(f"{path} lists twice: {named(twice)}. List each id once on a side.")


def named(ids: Iterable[str]) -> str:
    """First ten of some ids, and how many there are."""
    return few(sorted(ids))

"""Lists of folds from files: a CSV of one's own, and two published forms.

CSV, with a heading, in any encoding and with any separator that spreadsheets write. Columns beside
these are ignored:

    id,fold                 one row an utterance: the fold that tests it; the others train on it.
    id,fold,validation      besides, the fold in which it is a part of validation; may be empty.
    id,fold,side            one row for an utterance and fold; side is train, validation or test.
                            Utterances without a row in a fold are not used in it.

In the first two, an empty ``fold`` is an utterance that every fold trains on. Folds are sorted, as
numbers if they all are, and counted from 0. A column ``emotion`` or ``speaker`` is compared with
the corpus.

EmoBox: the folder of a corpus, or of one fold of it, with JSON lines in
``fold_1/CORPUS_train_fold_1.jsonl``, ``…_test_…`` and sometimes ``…_valid_…``.

s3prl: the folder of the five sessions of IEMOCAP, or one of them, with
``Session1/train_meta_data.json`` and ``test_meta_data.json``. Its validation is a random fifth of
the training side and not listed; its ``speaker`` is the actor that the dialogue is named after.

References:
    Ma et al., "EmoBox: multilingual multi-corpus speech emotion recognition toolkit and
    benchmark", Interspeech 2024. https://github.com/emo-box/EmoBox

    Yang et al., "SUPERB: speech processing universal performance benchmark", Interspeech 2021.
    https://github.com/s3prl/s3prl
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ser.corpora.folders import without_ending
from ser.corpora.row import Unit, as_rows
from ser.errors import FoldError
from ser.folds.formats import (
    EMOBOX,
    S3PRL,
    Entry,
    from_csv,
    from_emobox,
    from_s3prl,
    refuse_twice,
)
from ser.system.litter import is_litter
from ser.system.paths import expanded

TABLES = (".csv", ".tsv", ".txt")
LONGEST_NUMBER = 19  # digits


@dataclass(frozen=True)
class FoldList:
    """Folds as a file lists them.

    Args:
        form: ``"csv"``, ``"EmoBox"`` or ``"s3prl"``.
        folds: Ids on each side of each fold, in the order of the folds.
        claims: What the list says of utterances: ``claims["emotion"]["03a01Fa"]``.
    """

    form: str
    folds: tuple[Mapping[str, frozenset[str]], ...]
    claims: Mapping[str, Mapping[str, str]]

    @cached_property
    def ids(self) -> frozenset[str]:
        """Every id that a fold lists."""
        return frozenset().union(*(side for fold in self.folds for side in fold.values()))

    def by_ids_of(self, units: Sequence[Unit]) -> FoldList:
        """Give the same folds by the ids of the utterances of a corpus.

        A list may have files or paths for them, or accents in another encoding. Names that the
        corpus does not know stay.

        Args:
            units: Utterances or rows of the corpus.
        """
        files, known = _by_file(units), {_plain(unit.id): unit.id for unit in units}
        meant = {
            name: known.get(_plain(name)) or known.get(_stem(name)) or files.get(_stem(name), name)
            for name in self.ids
        }
        if all(name == found for name, found in meant.items()):
            return self
        folds = tuple(
            {side: frozenset(meant[name] for name in ids) for side, ids in fold.items()}
            for fold in self.folds
        )
        claims = {
            key: {meant.get(name, name): word for name, word in said.items()}
            for key, said in self.claims.items()
        }
        return FoldList(self.form, folds, claims)


def _by_file(units: Sequence[Unit]) -> dict[str, str]:
    """Ids by the names of files of which each is of one utterance."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in as_rows(units):
        found[_stem(row.utterance.path.name)].add(row.id)
    return {name: ids.pop() for name, ids in found.items() if len(ids) == 1}


def _plain(name: str) -> str:
    """Name whose accents are encoded in the one way that all systems know."""
    return unicodedata.normalize("NFC", name)


def _stem(name: str) -> str:
    """Name of a file without its folders and its ending; that of anything else as it is."""
    return without_ending(_plain(name).replace("\\", "/").rpartition("/")[2])


def read(path: str | Path) -> FoldList:
    """Read a list of folds, in the form that its files have.

    Args:
        path: CSV file, or file or folder of one of the published forms.

    Raises:
        FoldError: If there is no list, it is in none of the forms, lists an utterance twice on
            a side, or has a fold without a training or test side.
    """
    path = expanded(path)
    if path.is_file() and path.suffix.lower() in TABLES:
        return assemble(path, "csv", list(from_csv(path)))
    folder = path.parent if path.is_file() else path
    for form, pattern, parse in (("EmoBox", EMOBOX, from_emobox), ("s3prl", S3PRL, from_s3prl)):
        files = [p for p in sorted([*folder.glob("*"), *folder.glob("*/*")]) if p.is_file()]
        names = [file for file in files if not is_litter(file.name)]
        matches = [(file, match) for file in names if (match := pattern.fullmatch(file.name))]
        if matches:
            found = [entry for file, match in matches for entry in parse(file, match)]
            return assemble(path, form, _once(found) if form == "EmoBox" else found)
    raise FoldError(
        f"cv.file={path} is not a list of folds: looked for a .csv file, for EmoBox's "
        "fold_N/*_train_fold_N.jsonl and for s3prl's SessionN/train_meta_data.json. Pass one of "
        "them, or the folder that holds them."
    )


def _once(entries: list[Entry]) -> list[Entry]:
    """Leave out what two files list alike: some corpora are there under an old name as well."""
    return list({(e.id, e.fold, e.side): e for e in entries}.values())


def assemble(path: Path, form: str, entries: list[Entry]) -> FoldList:
    """Put the lines of a list together, fold by fold.

    Args:
        path: Where they are from; for messages.
        form: As in ``FoldList``.
        entries: Lines of the list.

    Raises:
        FoldError: If an utterance is twice on a side, or a fold has no training or test side.
    """
    folds: dict[str, dict[str, list[str]]] = defaultdict(
        lambda: {"train": [], "validation": [], "test": []}
    )
    for entry in entries:
        folds[entry.fold][entry.side].append(entry.id)
    for name, sides in folds.items():
        for side, ids in sides.items():
            refuse_twice(path, ids)
            if not ids and side != "validation":
                raise FoldError(f"{path}: fold {name} has no {side} side; a fold needs both.")
    if not folds:
        raise FoldError(f"{path} lists no fold at all; a row needs an id and a fold.")
    if unnamed := sum(not entry.id for entry in entries):
        raise FoldError(f"{path} has rows without an id ({unnamed}); a row needs an id and a fold.")
    numbers = all(name.isdecimal() and len(name) < LONGEST_NUMBER for name in folds)
    order = sorted(folds, key=lambda name: (int(name) if numbers else 0, name))
    claims = {
        key: {e.id: e.claims[key] for e in entries if key in e.claims}
        for key in ("emotion", "speaker")
    }
    ids_by_side = ({side: frozenset(ids) for side, ids in folds[name].items()} for name in order)
    return FoldList(form, tuple(ids_by_side), claims)

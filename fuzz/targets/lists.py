"""Lists of folds: tables as programs save them, the published forms, and anything."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import strategies as st

from fuzz.mutations import nearly
from fuzz.target import Target
from ser.corpora.corpus import Utterance
from ser.folds.predefined import Predefined

NAMES = ("anna", "bert", "carl", "dora")
TABLES = (
    "id,fold\nanna,1\nbert,1\ncarl,2\ndora,2\n",
    "id;fold;validation\nanna;1;2\nbert;1;\ncarl;2;\ndora;2;1\n",
    "id\tfold\tside\tspeaker\nanna\t1\ttrain\tx\nbert\t1\ttest\ty\ncarl\t2\ttrain\tx\n",
)
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252")
WORDS = st.one_of(
    st.sampled_from((*NAMES, "id", "fold", "side", "validation", "train", "test", "1", "2", "")),
    st.text(max_size=5),
)


def emobox(side: str) -> bytes:
    """JSON lines of a side."""
    names = NAMES[:2] if side == "train" else NAMES[2:]
    rows = [{"key": f"x-{n}", "wav": f"wav/{n}.wav", "emo": "hap", "speaker": n} for n in names]
    return "\n".join(map(json.dumps, rows)).encode()


def _table(rows: list[list[str]], separator: str, end: str, encoding: str) -> bytes:
    return end.join(map(separator.join, rows)).encode(encoding, errors="ignore")


DRAWN = st.builds(
    _table,
    st.lists(st.lists(WORDS, max_size=4), max_size=6),
    st.sampled_from((",", ";", "\t", "|")),
    st.sampled_from(("\n", "\r\n", "\r")),
    st.sampled_from(ENCODINGS),
)
SAVED = [text.encode(encoding) for text in TABLES for encoding in ENCODINGS]


def people() -> list[Utterance]:
    """Corpus that the lists are of."""
    return [Utterance(name, Path(name), "anger", name) for name in NAMES]


def deal(path: Path) -> None:
    """Deal every fold of a list."""
    regime, corpus = Predefined.read(path), people()
    for fold in range(regime.num_folds(corpus)):
        regime.fold(corpus, fold)
    regime.notes(corpus)


def from_table(folder: Path, content: bytes) -> None:
    """Deal the folds of a table."""
    (folder / "folds.csv").write_bytes(content)
    deal(folder / "folds.csv")


def from_emobox(folder: Path, content: bytes) -> None:
    """Deal the folds of EmoBox, of which one file is the input."""
    place = folder / "emobox" / "fold_1"
    place.mkdir(parents=True, exist_ok=True)
    (place / "x_train_fold_1.jsonl").write_bytes(content)
    (place / "x_test_fold_1.jsonl").write_bytes(emobox("test"))
    deal(place)


def from_s3prl(folder: Path, content: bytes) -> None:
    """Deal the folds of s3prl, of which one file is the input."""
    place = folder / "s3prl" / "Session1"
    place.mkdir(parents=True, exist_ok=True)
    (place / "train_meta_data.json").write_bytes(content)
    rows = [{"path": f"{name}.wav", "label": "hap", "speaker": name} for name in NAMES[2:]]
    (place / "test_meta_data.json").write_text(json.dumps({"meta_data": rows}))
    deal(place)


S3PRL = json.dumps({"meta_data": [{"path": f"{name}.wav", "label": "hap"} for name in NAMES[:2]]})
TARGETS = (
    Target("tables of folds", st.one_of(nearly(SAVED), DRAWN), from_table),
    Target("EmoBox lists of folds", nearly([emobox("train")]), from_emobox),
    Target("s3prl lists of folds", nearly([S3PRL.encode()]), from_s3prl),
)

"""Whether predictions that are pooled test every utterance as often as the regime says."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from ser.errors import DamageError, RunError
from ser.runs.contents import OF_CORPUS, TESTED, corpus_digest, read_corpus
from ser.runs.layout import CORPUS
from ser.runs.marker import read_identity
from ser.system.counted import counted

# Regimes that deal each utterance to the test side of one fold.
ONCE = (
    *("kfold", "stratified", "speaker", "speaker_kfold", "session", "sentence"),
    "speaker_sentence",
)
ROW = ["id", "view"]
SHOWN = 3


def refuse_pool(run: Path, predictions: pd.DataFrame, folds: int | None) -> None:
    """Refuse predictions of a run that test an utterance more or less often than its regime.

    Args:
        run: Folder of the run.
        predictions: Those of its finished cells.
        folds: How many folds its regime gives; None where that is not known.

    Raises:
        RunError: If an utterance is tested too often or too seldom; some are named.
        DamageError: If ``corpus.csv``, which says how often, is damaged.
    """
    wrong = misfits(predictions, _wanted(run, predictions), folds)
    if wrong:
        raise RunError(
            f"{run} has no figure: {'; '.join(wrong)}. Folds of different corpora or lists are "
            "mixed in it, or files were edited: remove that run and train it again, or pass "
            "output=ANOTHER_FOLDER."
        )


def misfits(
    predictions: pd.DataFrame, wanted: Mapping[str, int] | None = None, folds: int | None = None
) -> list[str]:
    """Say which utterances are tested more or less often than they should be, by seed.

    That one is tested too seldom shows once every fold of a seed is there.

    Args:
        predictions: Of one or several folds.
        wanted: How many folds test an utterance; one that is not in it may be tested by any
            number of folds.
        folds: How many folds there are in all; None where that is not known.

    Example:
        >>> table = pd.DataFrame({"id": ["a", "a"], "view": "original", "fold": [0, 1], "seed": 0})
        >>> misfits(table, {"a": 1})
        ['1 row of seed 0 is tested too often (a: 2 times)']
    """
    known, lines = pd.Series(wanted or {}, dtype=float), []
    for seed, table in predictions.groupby("seed"):
        often = table.groupby(ROW).size()
        views = pd.MultiIndex.from_product([known.index, table["view"].unique()], names=ROW)
        due = known.reindex(views.get_level_values("id")).set_axis(views)
        twice = table[table.duplicated([*ROW, "fold"])].set_index(ROW).index
        over = (often > due.reindex(often.index)) | often.index.isin(twice)
        lines += _line(often[over], f"seed {seed}", "too often")
        if table["fold"].nunique() == folds:
            there = often.reindex(views, fill_value=0)
            lines += _line(there[there < due], f"seed {seed}", "too seldom")
    return lines


def _line(often: pd.Series[int], where: str, how: str) -> list[str]:
    if often.empty:
        return []
    named = [f"{name[0]}: {count} times" for name, count in often.head(SHOWN).items()]
    shown = ", ".join([*named, *["…"] * (len(often) > SHOWN)])
    rows = counted(len(often), "row")
    return [f"{rows} of {where} {'is' if len(often) == 1 else 'are'} tested {how} ({shown})"]


def _wanted(run: Path, predictions: pd.DataFrame) -> dict[str, int]:
    """How many folds test each utterance, from ``corpus.csv`` or else from the regime."""
    table, recorded = read_corpus(run), read_identity(run)
    if table is not None and OF_CORPUS in recorded:
        known = _tested(run, table, recorded[OF_CORPUS])
        return {**dict.fromkeys(set(predictions["id"]) - set(table.index), 0), **known}
    once = recorded.get("cv.name") in ONCE
    return dict.fromkeys(predictions["id"], 1) if once else {}


def _tested(run: Path, table: pd.DataFrame, digest: str) -> dict[str, int]:
    """How many folds test each utterance, where ``corpus.csv`` says it; it is checked before."""
    texts = {str(name): str(count) for name, count in table.get(TESTED, pd.Series()).items()}
    counts = {name: text for name, text in texts.items() if text}
    if corpus_digest(table) != digest or not all(map(str.isdecimal, counts.values())):
        raise DamageError(
            f"{run / CORPUS} was edited, or is not whole: start ser.train again, which writes it "
            "anew."
        )
    return {name: int(count) for name, count in counts.items()}

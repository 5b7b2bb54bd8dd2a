"""Whether predictions that are pooled test every utterance as often as the regime says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from itertools import islice, product
from math import inf
from pathlib import Path

import pandas as pd

from ser.errors import DamageError, RunError
from ser.folds import tests_once
from ser.runs.contents import OF_CORPUS, TESTED, corpus_digest, read_corpus
from ser.runs.files import stamp
from ser.runs.layout import CORPUS
from ser.runs.marker import read_identity
from ser.system.counted import counted

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
    due, lines = wanted or {}, []
    for seed, table in predictions.groupby("seed"):
        tested = list(
            zip(*(table[column].tolist() for column in ("id", "view", "fold")), strict=True)
        )
        often = Counter((name, view) for name, view, _ in tested)
        twice = {row[:2] for row, count in Counter(tested).items() if count > 1}
        over = {row for row, count in often.items() if count > due.get(row[0], inf)} | twice
        lines += _line({row: often[row] for row in sorted(over)}, f"seed {seed}", "too often")
        if len({fold for *_, fold in tested}) == folds:
            there = {row: often[row] for row in product(due, dict.fromkeys(table["view"]))}
            seldom = {row: count for row, count in there.items() if count < due[row[0]]}
            lines += _line(seldom, f"seed {seed}", "too seldom")
    return lines


def _line(often: Mapping[tuple[str, str], int], where: str, how: str) -> list[str]:
    if not often:
        return []
    named = [f"{name}: {count} times" for (name, _), count in islice(often.items(), SHOWN)]
    shown = ", ".join([*named, *["…"] * (len(often) > SHOWN)])
    rows = counted(len(often), "row")
    return [f"{rows} of {where} {'is' if len(often) == 1 else 'are'} tested {how} ({shown})"]


def _wanted(run: Path, predictions: pd.DataFrame) -> dict[str, int]:
    """How many folds test each utterance, from ``corpus.csv`` or else from the regime."""
    recorded = read_identity(run)
    if OF_CORPUS in recorded:
        path = run / CORPUS
        ids, known = _tested(path, stamp(path), str(recorded[OF_CORPUS]))
        if ids is not None:
            return {**dict.fromkeys(set(predictions["id"]) - ids, 0), **known}
    once = tests_once(recorded.get("cv.name"))
    return dict.fromkeys(predictions["id"], 1) if once else {}


@lru_cache(maxsize=8)
def _tested(
    path: Path, _stamp: tuple[int, ...], digest: str
) -> tuple[frozenset[str] | None, Mapping[str, int]]:
    """Ids in ``corpus.csv``, or None without it, and how many folds test each of them."""
    table = read_corpus(path.parent)
    if table is None:
        return None, {}
    texts = {str(name): str(count) for name, count in table.get(TESTED, pd.Series()).items()}
    counts = {name: text for name, text in texts.items() if text}
    if corpus_digest(table) != digest or not all(map(str.isdecimal, counts.values())):
        raise DamageError(
            f"{path} was edited, or is not whole: start ser.train again, which writes it anew."
        )
    return frozenset(table.index), {name: int(count) for name, count in counts.items()}

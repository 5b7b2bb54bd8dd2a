"""What the cells of a run are about to be trained with, beside its settings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ser.data.corpus_folds import CorpusFolds
from ser.features import FrontEnd
from ser.features.store import weights_digest
from ser.folds.fold import SIDES, Fold
from ser.runs.code import code_of
from ser.runs.contents import Contents, corpus_table
from ser.runs.marker import digest
from ser.runs.sides import Line
from ser.system.source import is_ours


def contents_of(
    config: Mapping[str, Any], folds: CorpusFolds, others: Mapping[str, FrontEnd] | None = None
) -> Contents:
    """Look at the corpus, the folds and the foreign code of a training; nothing is extracted.

    Args:
        config: Resolved configuration.
        folds: Corpus and folds that it names.
        others: Front ends that it has beside that of the folds, by their place in it.

    Raises:
        CorpusError: If the corpus is absent, incomplete, or cannot be read.
        FoldError: If the corpus cannot be split so.
    """
    front_ends = {"features": folds.front_end, **(others or {})}
    return Contents(
        corpus=corpus_table(folds.listed, folds.hashes, times_tested(folds)),
        labels=folds.corpus.labels,
        folds=None if folds.shuffle_labels else _digest(folds),
        code={**_versions(front_ends), **code_of(config)},
        sides=lambda fold, inner: _sides(folds, folds.deal(fold, inner)),
        seed=folds.seed,
        weights=_weights(config, front_ends.values()),
    )


def _versions(front_ends: Mapping[str, FrontEnd]) -> dict[str, str]:
    """Versions of front ends of this package, by place: another one gives other numbers."""
    ours = {place: each for place, each in front_ends.items() if is_ours(type(each))}
    return {place: f"version {each.version}" for place, each in ours.items()}


def _weights(config: Mapping[str, Any], front_ends: Iterable[FrontEnd]) -> str | None:
    """Digests of weights; where there are none, the setting that names some."""
    digests = dict.fromkeys(filter(None, map(_weights_of, front_ends)))
    return ", ".join(digests) or dict(config.get("features") or {}).get("weights")


def _weights_of(front_end: FrontEnd) -> str | None:
    """Digest of the weights of an encoder, or of what a front end of one's own has in memory."""
    if front_end.digest or is_ours(type(front_end)) or not front_end.state_dict():
        return front_end.digest
    return weights_digest(front_end)


def times_tested(folds: CorpusFolds) -> dict[str, int]:
    """How many folds test each utterance, where they test each of its views alike."""
    often = Counter(folds.rows[i].key for fold in folds.dealt for i in fold.test)
    views = dict.fromkeys(view for _, view in often)
    counts = {u.id: {often[u.id, view] for view in views} for u in folds.utterances}
    return {name: found.pop() for name, found in counts.items() if len(found) == 1}


def _digest(folds: CorpusFolds) -> str:
    keys = [row.key for row in folds.rows]
    return digest([[[keys[i] for i in fold.side(s)] for s in SIDES] for fold in folds.dealt])


def _sides(folds: CorpusFolds, fold: Fold) -> Iterator[tuple[str, Line]]:
    for side in SIDES:
        for row in (folds.rows[i] for i in fold.side(side)):
            yield side, (row.id, row.view, row.speaker, row.emotion)

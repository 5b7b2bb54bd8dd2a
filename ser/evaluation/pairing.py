"""Whether runs were asked the same questions, and what one was asked that another was not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from ser.errors import RunError
from ser.runs.predictions import labels_of

# What a prediction is of: equal in both runs, or they were not asked the same questions.
KEYS = ["fold", "seed", "id", "view", "speaker", "truth"]
SHOWN = 5


def refuse_unpaired(runs: Mapping[str, pd.DataFrame]) -> None:
    """Refuse to compare runs that were not asked the same questions.

    Raises:
        RunError: If there are fewer than two runs, or if one differs from the first in folds,
            seeds, emotions or utterances; says which.
    """
    if len(runs) < 2:  # noqa: PLR2004 - a pair
        raise RunError(f"a comparison needs two runs, and {len(runs)} was given; finish another.")
    (first, one), *others = runs.items()
    for name, other in others:
        for what, left, right in _facts(one, other):
            if not left.equals(right):
                raise RunError(_difference(what, {first: left, name: right}))


def _facts(a: pd.DataFrame, b: pd.DataFrame) -> Iterator[tuple[str, pd.Index[Any], pd.Index[Any]]]:
    """What must be equal, sorted, from the coarse to the fine."""
    for what in ("fold", "seed"):
        yield f"{what}s", *(pd.Index(sorted(run[what].unique())) for run in (a, b))
    yield "emotions", *(pd.Index(sorted(labels_of(run))) for run in (a, b))
    yield "predictions", *(pd.MultiIndex.from_frame(run[KEYS]).sort_values() for run in (a, b))


def _difference(what: str, sides: Mapping[str, pd.Index[Any]]) -> str:
    """Say which folds, seeds, emotions or predictions one run has and the other lacks."""
    (first, left), (second, right) = sides.items()
    parts = []
    for name, extra in ((first, left.difference(right)), (second, right.difference(left))):
        shown = [_words(item) for item in extra[:SHOWN]]
        if shown:
            more = f" and {len(extra) - SHOWN} more" if len(extra) > SHOWN else ""
            parts.append(f"{', '.join(shown)}{more} only in {name}")
    found = "; ".join(parts) or f"{len(left)} in {first}, {len(right)} in {second}, some twice"
    return (
        f"{first} and {second} do not have the same {what}: {found}. Compare finished runs of "
        "one corpus with equal cv, protocol and seeds."
    )


def _words(item: Any) -> str:
    """Name a fold, seed or emotion, or one prediction by its keys."""
    if not isinstance(item, tuple):
        return str(item)
    fold, seed, name, view, speaker, truth = item
    return f"{name} ({view}, fold {fold}, seed {seed}, speaker {speaker}, {truth})"

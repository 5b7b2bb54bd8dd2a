"""What ``checkpoint=`` names, and what models are called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ser.errors import RunError
from ser.inference.sources import matches, split
from ser.system.paths import expanded


def described(files: Sequence[Path], named: Sequence[Path] = ()) -> str:
    """Say what judges: the path of a model, or a sentence on several.

    Args:
        files: Model files.
        named: What named them: a run alone that was selected has models of several runs.
    """
    if len(files) == 1:
        return str(files[0])
    above = {path.parents[2] for path in files if len(path.parents) > 2}  # noqa: PLR2004 - run/fold-00/seed-0
    runs = set(named) if len(named) == 1 else above
    folds = {path.parent.parent.name for path in files}
    sentence = f"An ensemble of {len(files)} models, whose probabilities are averaged"
    if len(runs) == 1 and len(folds) > 1:
        return (
            f"{sentence}: {len(folds)} folds of {runs.pop()}. Together they have learnt from all "
            "of its corpus, so judge nothing of that corpus by them."
        )
    return f"{sentence}: {', '.join(map(str, files))}."


def called(model: Any) -> str:
    """Name of a network or estimator; of several, how many there are of each."""
    counts = Counter(kinds(model))
    return " + ".join(f"{n} × {kind}" if n > 1 else kind for kind, n in counts.items())


def kinds(model: Any) -> Iterator[str]:
    """Name of each network or estimator of a model."""
    parts = getattr(model, "members", None) or getattr(model, "models", None)
    if parts is None:
        yield type(getattr(model, "estimator", model)).__name__
    for part in parts or ():
        yield from kinds(part)


def model_paths(text: str) -> list[Path]:
    """Paths that ``checkpoint=`` names: one, several in brackets, or those that match a pattern.

    Raises:
        RunError: If a pattern matches nothing.
    """
    found: list[Path] = []
    for word in split(text):
        if not (paths := matches(expanded(word))):
            raise RunError(f"checkpoint={word} matches no file; pass a model.ckpt or a run folder.")
        found += paths
    return found

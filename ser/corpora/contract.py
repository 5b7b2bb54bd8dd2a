"""What a corpus must keep to: checked once when it is listed, before anything is read or made."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from ser.corpora.corpus import Utterance
from ser.corpora.spelling import alike
from ser.errors import CorpusError
from ser.system.few import few
from ser.system.letters import is_text

GROUPS = ("sentence", "session", "sex", "style", "age", "language", "split", "corpus")
MOST_LABELS = 1000  # as many as a model file may have
STRETCH = "start and end must be seconds, as int or float, with 0 <= start < end"
TEXT = "must be text without control characters or ends of lines, and not empty; write str(…)"


def checked(name: str, labels: Any, utterances: Iterable[Utterance]) -> list[Utterance]:
    """Sort utterances by id, once they keep to every rule.

    Args:
        name: Name of the corpus.
        labels: Its emotions in class order.
        utterances: What it lists.

    Raises:
        CorpusError: If rules are broken; names all of them, with the first utterances of each.
    """
    listed = list(utterances or ())
    broken = [*_of_labels(labels), *_of_utterances(labels, listed)]
    if broken:
        rules = "; ".join(broken)
        raise CorpusError(f"{name} breaks the rules of a corpus: {rules}. Correct its class.")
    return sorted(listed, key=lambda utterance: utterance.id)


def _of_labels(labels: Any) -> Iterator[str]:
    if not isinstance(labels, (tuple, list)):
        yield f"labels must be a tuple, not {labels!r}"
        return
    if len(labels) < 2:  # noqa: PLR2004 - one leaves nothing to decide
        yield f"labels must be two emotions or more, not {labels!r}"
    if len(labels) > MOST_LABELS:
        yield (
            f"labels must be {MOST_LABELS} emotions at most, not {len(labels)}: the column or the "
            "pattern seems to give something else"
        )
    if wrong := [label for label in labels if not is_text(label)]:
        yield f"a label {TEXT}: {few([repr(label) for label in wrong])}"
    if twice := [repr(label) for label in labels if labels.count(label) > 1]:
        yield f"labels must differ: {few(twice)}"
    yield from _alike("labels", labels)


def _of_utterances(labels: Any, utterances: Sequence[Any]) -> Iterator[str]:
    if not utterances:
        yield "it must list utterances, and lists none"
    strange = [repr(u) for u in utterances if not isinstance(u, Utterance)]
    if strange:
        yield f"utterances() must give Utterance: {few(strange)}"
        utterances = [u for u in utterances if isinstance(u, Utterance)]
    found: dict[str, list[str]] = defaultdict(list)
    for utterance in utterances:
        for rule, value in _broken(utterance, labels):
            found[rule].append(f"{value!r} of {utterance.id}")
    for rule, values in found.items():
        yield f"{rule}: {few(values)}"
    yield from _twice(utterances)
    for field in ("id", "speaker", *GROUPS):
        several = {"sex": "sexes", "corpus": "corpora"}.get(field, f"{field}s")
        yield from _alike(several, (getattr(u, field) for u in utterances))


def _broken(utterance: Utterance, labels: Any) -> Iterator[tuple[str, object]]:
    """Yield the rules that an utterance breaks, each with the value that breaks it."""
    for field in ("id", "speaker"):
        if not is_text(value := getattr(utterance, field)):
            yield f"{field} {TEXT}", value
    for field in GROUPS:
        value = getattr(utterance, field)
        if value is not None and not is_text(value):
            yield f"{field} {TEXT}, or give None", value
    if isinstance(labels, (tuple, list)) and utterance.emotion not in labels:
        yield f"emotion must be one of {', '.join(map(str, labels))}", utterance.emotion
    if not isinstance(utterance.path, Path):
        yield "path must be a pathlib.Path", utterance.path
    elif not is_file(utterance.path):
        yield "path must be a file that exists", str(utterance.path)
    if not _is_stretch(utterance.start, utterance.end):
        yield STRETCH, (utterance.start, utterance.end)


def _is_stretch(start: Any, end: Any) -> bool:
    for number in (start, 0 if end is None else end):
        if not isinstance(number, (int, float)) or not math.isfinite(number):
            return False
    return bool(start >= 0 and (end is None or start < end))


def is_file(path: Path) -> bool:
    """Whether a path is of a file, which no error of the system is."""
    try:
        return path.is_file()
    except (OSError, ValueError):  # a folder that may not be entered, a name that cannot be
        return False


def _twice(utterances: Sequence[Utterance]) -> Iterator[str]:
    counts = Counter(u.id for u in utterances if isinstance(u.id, str))
    twice = [f"{i} ({count} times)" for i, count in counts.items() if count > 1]
    if twice:
        yield f"ids must be unique: {few(twice)}"


def _alike(what: str, names: Iterable[object]) -> Iterator[str]:
    """Name texts that no reader can tell apart: one speaker of two spellings would be two."""
    if found := [" and ".join(map(ascii, texts)) for texts in alike(names)]:
        yield (
            f"{what} must differ in more than spaces, invisible characters, the encoding of "
            f"accents, and letters of another alphabet that look alike: {few(found)}"
        )

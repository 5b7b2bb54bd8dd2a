"""Which utterance of a corpus somebody else means by a name, a file or a path."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from ser.corpora.folders import without_ending
from ser.errors import RunError
from ser.folds.formats import named

if TYPE_CHECKING:
    from ser.corpora import Utterance


class Names:
    """Names of the utterances of a corpus, whole and by the ends of their paths.

    Where all names are ids, they are these. Else a name matches with or without folders before it
    and a suffix behind it, in any case. The longest end that the corpus knows decides, so that
    equal file names in two folders differ by their folders.

    Args:
        utterances: Utterances of the corpus.
    """

    def __init__(self, utterances: Sequence[Utterance]) -> None:
        self.ends: dict[str, set[str]] = defaultdict(set)
        for utterance in utterances:
            # Where a file holds several utterances, its path means none of them.
            whole = utterance.start == 0 and utterance.end is None
            for name in (utterance.id, *([str(utterance.path)] if whole else [])):
                for end in _ends(name):
                    self.ends[end].add(utterance.id)
        self.ids = {utterance.id for utterance in utterances}
        self.example = utterances[0].id

    def match(self, names: Iterable[str], source: object) -> dict[str, str]:
        """Id of the utterance that each name stands for.

        Args:
            names: Names as somebody else has them.
            source: Where they are from; for messages.

        Raises:
            RunError: If names stand for no utterance, or for several; lists them.
        """
        listed = dict.fromkeys(names)
        if listed.keys() <= self.ids:  # nothing is to be guessed
            return {name: name for name in listed}
        meant = {name: self._meant(name) for name in listed}
        unknown = [name or "(empty)" for name, ids in meant.items() if not ids]
        if unknown:
            raise RunError(
                f"{source} names {len(unknown)} of {len(meant)} utterances that the corpus does "
                f"not have: {named(unknown)}. Its ids are like {self.example}; pass the data=… "
                "that these predictions are of, or name the column of ids by columns.id=…"
            )
        several = [f"{name} ({named(ids)})" for name, ids in meant.items() if len(ids) > 1]
        if several:
            raise RunError(
                f"{source} has names that several utterances of the corpus share: "
                f"{named(several)}. Give them with their folders."
            )
        return {name: next(iter(ids)) for name, ids in meant.items()}

    def _meant(self, name: str) -> set[str]:
        return next((self.ends[end] for end in _ends(name) if end in self.ends), set())


def refuse_doubled(keys: Iterable[tuple[str, ...]], source: object, remedy: str) -> None:
    """Refuse an utterance that occurs twice where it may once.

    Args:
        keys: Id of each line, and what else tells lines apart.
        source: Where they are from; for messages.
        remedy: What to do about it.

    Raises:
        RunError: If one does; lists them.
    """
    seen: dict[tuple[str, ...], int] = defaultdict(int)
    for key in keys:
        seen[key] += 1
    twice = [f"{key[0]} ({count} times)" for key, count in seen.items() if count > 1]
    if twice:
        raise RunError(f"{source} has utterances more than once: {named(twice)}. {remedy}")


def _ends(name: str) -> list[str]:
    """Name without its suffix, whole first, then with fewer and fewer of its folders."""
    plain = unicodedata.normalize("NFC", name).casefold()  # accents are encoded in two ways
    parts = [part for part in plain.replace("\\", "/").split("/") if part]
    if not parts:
        return []
    parts[-1] = without_ending(parts[-1])
    return ["/".join(parts[i:]) for i in range(len(parts))]


def renamed(ids: Mapping[str, str]) -> list[str]:
    """Say how names were read, where they are not the ids themselves; an example is enough."""
    changed = [(name, found) for name, found in ids.items() if name != found]
    return [f"names are read as ids: {changed[0][0]} is {changed[0][1]}"] if changed else []

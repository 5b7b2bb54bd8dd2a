"""Several corpora as one: their utterances side by side, in classes that they agree on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from typing import Any

from ser.corpora.corpus import Corpus, Utterance
from ser.corpora.listed.emotions import Emotions, Wanted
from ser.corpora.synonyms import proposed
from ser.errors import ConfigError, SerError, likely
from ser.system.together import together
from ser.system.written import as_written

COMMON, UNION = "common", "union"
APART = ("speaker", "sentence", "session")  # equal names in two corpora are two of them
BETWEEN = "/"  # name of a corpus and what was its own


class Joined(Corpus):
    """Corpora that are learnt from, or tested on, together.

    Ids, speakers, sentences and sessions begin with the name of their corpus, so that none of two
    corpora are taken for one.

    Args:
        parts: The corpora, by the names that they are called here.
        classes: ``"common"`` for the emotions that all corpora have, ``"union"`` for those that any
            has, or a list of emotions that all have, in class order.
        emotions: What becomes of the emotions of a corpus, by its name: a mapping, in which None
            leaves one out and ``"*"`` stands for the rest, or a list of those that are kept.
        test: Corpus that is tested, for the sentences on it; None if each may be.
        unverified: Names of those corpora that are used as they are.

    Raises:
        ConfigError: If there is no corpus, or a name is of none.
    """

    licence = "that of each of its corpora"
    citation = "that of each of its corpora"

    def __init__(
        self,
        parts: Mapping[str, Corpus],
        classes: str | Sequence[str] = COMMON,
        emotions: Mapping[str, Wanted] | None = None,
        test: str | None = None,
        unverified: Sequence[str] = (),
    ) -> None:
        if not parts:
            raise ConfigError(
                "data=joined joins no corpora; name them, as data=[emodb,synthetic], or as "
                "data=emodb test_data=synthetic to train on one and test on the other."
            )
        for key, name in [*(("emotions", name) for name in emotions or ()), ("test", test)]:
            if name is not None and name not in parts:
                raise ConfigError(
                    f"data.{key} names {name!r}, which is not joined{likely(name, parts)}; the "
                    f"corpora are {', '.join(parts)}."
                )
        self.parts = parts
        self.name = together(list(parts), test)
        self.counts: Mapping[str, int] = {}  # of each part, which verifies them
        self.test = test
        self._classes = as_written(classes) if isinstance(classes, str) else classes
        self._wanted = emotions or {}
        self._unverified = unverified

    @property
    def origin(self) -> str:
        """Corpora that were joined, and which of them was tested."""
        return self.name

    @property
    def labels(self) -> tuple[str, ...]:  # type: ignore[override]
        """Emotions in class order.

        Raises:
            ConfigError: If the corpora agree on less than two, or lack one that is asked for.
        """
        return self._labels

    def prepare(self) -> None:
        """Make each corpus available."""
        for name, part in self.parts.items():
            with _says(name):
                part.prepare()

    def verify(self) -> None:
        """Verify each corpus by its own rules.

        Raises:
            CorpusError: If one is not as it should be; says which.
        """
        for name, part in self.parts.items():
            if name not in self._unverified:
                with _says(name):
                    part.verify()

    def utterances(self) -> list[Utterance]:
        """List the utterances of every corpus that are of one of the classes, sorted by id.

        Raises:
            CorpusError: If a corpus is absent or incomplete; says which.
        """
        joined = (
            _of(name, utterance, emotion)
            for name, listed in self._listed.items()
            for utterance in listed
            if (emotion := self._meant[name].of(utterance.emotion)) in self.labels
        )
        return sorted((u for u in joined if u is not None), key=lambda u: u.id)

    def altered(self, hashes: Mapping[str, str]) -> list[str]:
        """List the ids of those files whose content is not the published one, of any corpus."""
        found = []
        for name, part in self.parts.items():
            if name in self._unverified:
                continue
            start = f"{name}{BETWEEN}"
            own = {i.removeprefix(start): h for i, h in hashes.items() if i.startswith(start)}
            found += [f"{start}{i}" for i in part.altered(own)]
        return found

    @property
    def notes(self) -> tuple[str, ...]:
        """Which classes there are, what is left out for them, and what each corpus notes itself."""
        whose = {COMMON: "those that all corpora have", UNION: "those that any corpus has"}
        chosen = whose.get(str(self._classes), "those that were asked for")
        left = {name: self._left(name) for name in self.parts}
        lost = "; ".join(f"of {name} {what}" for name, what in left.items() if what)
        lacks = [f"{name} has no {', '.join(found)}" for name, found in self._lacks().items()]
        return (
            f"Classes are {chosen}: {', '.join(self.labels)}.",
            f"Left out: {lost or 'nothing'}.",
            *([f"{'; '.join(lacks)}."] if lacks else []),
            *self._other_names(),
            *(note for part in self.parts.values() for note in part.notes),
        )

    @cached_property
    def _listed(self) -> dict[str, list[Utterance]]:
        listed = {}
        for name, part in self.parts.items():
            with _says(name):
                listed[name] = part.utterances()
        return listed

    @cached_property
    def _meant(self) -> dict[str, Emotions]:
        meant = {}
        for name, part in self.parts.items():
            with _says(name):
                meant[name] = Emotions(self._wanted.get(name), part.labels)
        return meant

    @cached_property
    def _labels(self) -> tuple[str, ...]:
        of_each = {name: meant.labels for name, meant in self._meant.items()}
        every = tuple(dict.fromkeys(label for labels in of_each.values() for label in labels))
        common = tuple(e for e in every if all(e in labels for labels in of_each.values()))
        if not isinstance(self._classes, str):
            return _asked_for(tuple(self._classes), of_each)
        if self._classes not in (COMMON, UNION):
            raise ConfigError(
                f"data.classes={self._classes} must be {COMMON}, {UNION}, or a list of emotions, "
                f"as [{', '.join(every[:2])}]."
            )
        chosen = common if self._classes == COMMON else every
        if len(chosen) < 2:  # noqa: PLR2004 - nothing can be told from one
            have = "; ".join(f"{name} has {', '.join(own)}" for name, own in of_each.items())
            words = proposed(of_each) or (
                "data.NAME.emotions={joy: happiness}, with the name of the corpus, or "
                "test_data.emotions=…"
            )
            raise ConfigError(
                f"fewer than two emotions are common to all corpora: {have}. Where equal emotions "
                f"have two names, give them one: {words}"
            )
        return chosen

    def _other_names(self) -> list[str]:
        """Say how emotions that may be equal could be taken for one."""
        of_each = {name: meant.labels for name, meant in self._meant.items()}
        if words := proposed(of_each):
            return [f"Emotions that may be one have two names; to take them for one: {words}."]
        return []

    def _left(self, name: str) -> str:
        """What of a corpus is left out, with the number of utterances."""
        meant = self._meant[name]
        outside = Counter(
            u.emotion for u in self._listed[name] if meant.of(u.emotion) not in self.labels
        )
        return ", ".join(f"{emotion} ({n})" for emotion, n in outside.items())

    def _lacks(self) -> dict[str, list[str]]:
        """Classes that a corpus does not have, of those that have not all."""
        missing = {
            name: [label for label in self.labels if label not in meant.labels]
            for name, meant in self._meant.items()
        }
        return {name: labels for name, labels in missing.items() if labels}


def _asked_for(classes: tuple[str, ...], of_each: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    for name, labels in of_each.items():
        if lacking := [label for label in classes if label not in labels]:
            raise ConfigError(
                f"data.classes names {', '.join(lacking)}, which {name} does not have: it has "
                f"{', '.join(labels)}. Leave them out, or map a name of it to that."
            )
    if len(set(classes)) < 2:  # noqa: PLR2004 - nothing can be told from one
        raise ConfigError(f"data.classes={list(classes)} must name two emotions or more.")
    return tuple(dict.fromkeys(classes))


def _of(name: str, utterance: Utterance, emotion: str | None) -> Utterance | None:
    """Put the name of its corpus before whatever is called by a name of its own."""
    if emotion is None:
        return None
    groups = {key: getattr(utterance, key) for key in APART}
    apart: dict[str, Any] = {key: own and f"{name}{BETWEEN}{own}" for key, own in groups.items()}
    named = f"{name}{BETWEEN}{utterance.id}"
    return replace(utterance, id=named, emotion=emotion, corpus=name, **apart)


@contextmanager
def _says(name: str) -> Iterator[None]:
    """Say which corpus an error is of."""
    try:
        yield
    except SerError as error:
        raise type(error)(f"{name}: {error}") from error

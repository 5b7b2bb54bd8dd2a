"""Which emotions of a table are learnt, what they are called, and in which order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ser.errors import ConfigError, likely
from ser.system.written import as_written

Wanted = Sequence[str] | Mapping[str, str | None] | str | None
REST = "*"  # every emotion that a mapping does not name


class Emotions:
    """What becomes of each emotion of a table.

    Args:
        wanted: A list of all emotions in class order; or a mapping that renames some, in which
            None leaves an emotion out and ``"*"`` stands for all that it does not name; or either
            as a text in YAML; None takes those of the table in alphabetical order.
        found: Emotions of the table.

    Raises:
        ConfigError: If ``wanted`` names an emotion that the table does not have, or leaves less
            than two.

    Attributes:
        labels: Classes in their order.
        others: Emotions of the table that a list does not name.

    Example:
        >>> chosen = Emotions({"joy": "happiness", "fru": None}, ["anger", "fru", "joy"])
        >>> chosen.labels, chosen.of("joy"), chosen.of("fru")
        (('happiness', 'anger'), 'happiness', None)
    """

    def __init__(self, wanted: Wanted, found: Iterable[str]) -> None:
        present = sorted(set(found) - {""})
        wanted = as_written(wanted) if isinstance(wanted, str) else wanted
        self._strict = wanted is not None and not isinstance(wanted, Mapping)
        self._meant = _mapping(wanted, present)
        for name in (name for name in self._meant if name not in (REST, *present)):
            raise ConfigError(
                f"data.emotions names {name!r}, which the corpus does not have"
                f"{likely(name, present)}: it has {', '.join(present)}."
            )
        self.labels = self._classes(present)
        self.others = [name for name in present if self.refuses(name)]
        if len(self.labels) < 2:  # noqa: PLR2004 - one class leaves nothing to learn
            raise ConfigError(
                f"{len(self.labels)} emotion ({', '.join(self.labels)}) leaves nothing to choose "
                "from; a classifier needs two or more. Look at the column of emotions, and at "
                "data.emotions."
            )

    def of(self, emotion: str) -> str | None:
        """What an emotion of the table is called here; None if it is left out."""
        return self._meant.get(emotion, self._meant.get(REST, emotion))

    def names(self, emotion: str) -> bool:
        """Whether an emotion is one of those that were asked for or mapped."""
        return emotion in self._meant

    def refuses(self, emotion: str) -> bool:
        """Whether an emotion is none of those that a list names."""
        return self._strict and emotion not in self.labels

    def _classes(self, present: Sequence[str]) -> tuple[str, ...]:
        named = [label for name, label in self._meant.items() if name != REST]
        rest = [] if self._strict else [self.of(name) for name in present]
        return tuple(dict.fromkeys(label for label in (*named, *rest) if label is not None))


def _mapping(wanted: Any, present: Sequence[str]) -> dict[str, str | None]:
    if wanted is None:
        return {}
    if isinstance(wanted, Mapping):
        return {str(name): None if to is None else str(to) for name, to in wanted.items()}
    if isinstance(wanted, str) or not isinstance(wanted, Iterable):
        raise ConfigError(
            f"data.emotions={wanted} must be a list, as [{', '.join(present[:2])}], or a mapping, "
            "as {joy: happiness, frustration: null}."
        )
    return {str(name): str(name) for name in wanted}

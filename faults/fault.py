"""What a fault is: damage that is done in many ways, and what has to come of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ser.errors import SerError

LONGEST = 400  # characters of a sentence that somebody reads
Tries = Mapping[str, Callable[[], None]]


class PromiseError(AssertionError):
    """A fault had another outcome than was promised."""


@dataclass(frozen=True)
class Fault:
    """One kind of damage.

    Args:
        name: What is done, as the table of outcomes words it.
        promise: What comes of it, likewise.
        tries: Gives the ways to do it, by their names, in a folder of its own. Each raises
            ``PromiseError`` if something else comes of it; so does any other exception.
    """

    name: str
    promise: str
    tries: Callable[[Path], Tries]


@contextmanager
def refused(*words: str) -> Iterator[None]:
    """Expect one sentence that a user can act on.

    Args:
        words: What the sentence has to name.

    Raises:
        PromiseError: If nothing is raised, or a sentence that does not name them.
    """
    try:
        yield
    except (SerError, SystemExit) as error:
        check_sentence(str(error), *words)
    else:
        raise PromiseError("it passed")


def check_sentence(text: str, *words: str) -> None:
    """Refuse a message that is no sentence for a user, or does not name what it has to."""
    if "Traceback" in text or not text.strip() or len(text.splitlines()[0]) > LONGEST * 3:
        raise PromiseError(f"no sentence: {text[-LONGEST:]!r}")
    if lacking := [word for word in words if word not in text]:
        raise PromiseError(f"{lacking} not named: {text[-LONGEST:]!r}")


def expect(holds: bool, otherwise: str) -> None:
    """Raise unless something holds; unlike ``assert`` also under ``python -O``."""
    if not holds:
        raise PromiseError(otherwise)

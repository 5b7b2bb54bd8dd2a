"""Names that readers, or people who type, take for one."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable

INVISIBLE = "Cf"  # marks of direction, joiners, and such
# Letters of Cyrillic and Greek that look like Latin ones.
SAME = str.maketrans(
    "АВЕЅІЈКМНОРСТХУаеѕіјорсухԁһԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧον",
    "ABESIJKMHOPCTXYaesijopcyxdhqwABEZHIKMNOPTYXov",
)


def alike(names: Iterable[object], *, caseless: bool = False) -> list[list[str]]:
    """Gather texts that differ in spaces, invisible characters, encoded accents or alphabet alone.

    Args:
        names: What is compared; what is no text is passed over.
        caseless: Whether texts that differ in the case of their letters are alike as well.

    Returns:
        Sets of two or more, in order.

    Example:
        >>> alike(["anna", "Bert", "bert", "anna "], caseless=True)
        [['anna', 'anna '], ['Bert', 'bert']]
    """
    spellings: dict[str, list[str]] = defaultdict(list)
    for name in dict.fromkeys(name for name in names if isinstance(name, str)):
        look = _look(name)
        spellings[look.casefold() if caseless else look].append(name)
    return [found for found in spellings.values() if len(found) > 1]


def _look(name: str) -> str:
    if name.isascii():
        return " ".join(name.split())
    visible = "".join(c for c in name if unicodedata.category(c) != INVISIBLE)
    return " ".join(unicodedata.normalize("NFD", visible).translate(SAME).split())

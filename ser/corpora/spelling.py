"""Names that readers, or people who type, take for one."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable

INVISIBLE = "Cf"  # marks of direction, joiners, and such
NUMBER = re.compile(r"0*(\d+)(\.0*)?", re.ASCII)
# Letters of Cyrillic and Greek, and Latin ones that they look like.
OTHER = "АВЕЅІЈКМНОРСТХУаеѕіјорсухԁһԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧον"
LATIN = "ABESIJKMHOPCTXYaesijopcyxdhqwABEZHIKMNOPTYXov"
SAME = str.maketrans(OTHER, LATIN)
CASELESS = str.maketrans(OTHER.casefold(), LATIN.casefold())


def alike(names: Iterable[object], *, caseless: bool = False) -> list[list[str]]:
    """Gather texts that differ in spaces, invisible characters, encoded accents or alphabet alone.

    Whole numbers of one value are alike as well: a spreadsheet makes ``1`` of ``01``.

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
        spellings[_look(name, caseless=caseless)].append(name)
    return [found for found in spellings.values() if len(found) > 1]


def _look(name: str, *, caseless: bool) -> str:
    if not name.isascii():
        visible = "".join(c for c in name if unicodedata.category(c) != INVISIBLE)
        name = unicodedata.normalize("NFD", visible)
    # Case goes first: a small letter need not look like another where its capital does.
    seen = name.casefold().translate(CASELESS) if caseless else name.translate(SAME)
    words = " ".join(seen.split())
    number = NUMBER.fullmatch(words)
    return number[1] if number else words

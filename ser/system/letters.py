"""Letters that a terminal would obey, letters that a stream cannot write, and names cut short."""

from __future__ import annotations

import codecs
import os
import re
import shlex
import unicodedata
from collections import Counter
from collections.abc import Sequence

# Escapes, bells and returns; marks that turn the direction of reading, or take no room; halves of
# letters, which stand for the bytes of a file name that is no text.
OBEYED = (
    r"\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff"
    r"\ud800-\udfff"
)
IN_TEXT = re.compile(f"[{OBEYED}]")
IN_LINE = re.compile(rf"[{OBEYED}\t\n]")
ALIKE = {
    **{"±": "+-", "–": "-", "—": "-", "−": "-", "×": "x", "·": ".", "…": "...", "→": "->"},
    **{"’": "'", "‘": "'", "“": '"', "”": '"', "≥": ">=", "≤": "<=", "\xa0": " "},
}
UNWRITABLE = {"Cc", "Cs", "Zl", "Zp"}  # control characters, halves of characters, ends of lines
SHORTEST = 3  # letters of a name that is cut in its middle
WAY = "ser.alike"  # how streams handle what they cannot write


def shown(text: str) -> str:
    r"""Spell letters that a terminal would obey, such as escapes, as Python does, but for lines.

    Example:
        >>> print(shown("red: \x1b[31m"))
        red: \x1b[31m
    """
    return IN_TEXT.sub(_spelt, text)


def in_line(text: str) -> str:
    """Do the same to what has to stay in one line, such as a name in a table."""
    return IN_LINE.sub(_spelt, text)


def is_text(value: object) -> bool:
    r"""Whether a value is a text that can name something: not empty, without control characters.

    Marks of direction and joiners are a part of words in some languages, and are none.

    Example:
        >>> is_text("نیم\u200cفاصله"), is_text("a\tb"), is_text(" ")
        (True, False, False)
    """
    if not isinstance(value, str) or not value.strip():
        return False
    return value.isprintable() or not UNWRITABLE & {unicodedata.category(c) for c in value}


def writable(text: str, encoding: str) -> str:
    r"""Put what an encoding can write for what it cannot: signs that look alike, or their number.

    Args:
        text: What is to be written.
        encoding: Of a stream, such as ``ascii`` or ``cp1252``.

    Example:
        >>> print(writable("4.0 ± 2.3 of müde", "ascii"))
        4.0 +- 2.3 of m\xfcde
    """
    return text.encode(encoding, WAY).decode(encoding)


def quoted(word: str, encoding: str) -> str:
    r"""Quote a word so that it can be copied from a terminal into a shell, whatever it holds.

    Args:
        word: Such as the path of a file.
        encoding: Of the stream that it is written to; what that cannot write is spelt by its
            bytes, as bash, zsh and ksh read them.

    Example:
        >>> print(quoted("a b.wav", "utf-8"), quoted("müde.wav", "ascii"))
        'a b.wav' $'m\xc3\xbcde.wav'
    """
    if not IN_LINE.search(word) and writable(word, encoding) == word:
        return shlex.quote(word)
    return f"$'{''.join(map(_byte, os.fsencode(word)))}'"


def abbreviated(names: Sequence[str], width: int) -> list[str]:
    """Cut names to a width so that no two that differ look alike.

    Args:
        names: Such as those of emotions.
        width: Letters of the longest.

    Example:
        >>> abbreviated(["anger", "fear_low", "fear_high"], 5)
        ['anger', 'f~low', 'f~igh']
    """
    short = [name[:width] for name in names]
    often = Counter(short)
    pairs = zip(short, names, strict=True)
    ends = [cut if often[cut] == 1 else _ends(name, width) for cut, name in pairs]
    return ends if len(set(ends)) == len(set(names)) else list(names)


def _ends(name: str, width: int) -> str:
    """First letter and last ones, which differ where the first ones do not."""
    return name if len(name) <= width or width < SHORTEST else f"{name[0]}~{name[2 - width :]}"


def _spelt(found: re.Match[str]) -> str:
    return _number(found[0])


def _number(letters: str) -> str:
    return letters.encode("unicode_escape").decode("ascii")


def _byte(byte: int) -> str:
    letter = chr(byte)
    plain = letter.isascii() and letter.isprintable() and letter not in "'\\"
    return letter if plain else f"\\x{byte:02x}"


def _replace(error: UnicodeError) -> tuple[str, int]:
    """Handle what an encoding cannot write, as ``codecs.register_error`` wants it."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letters = error.object[error.start : error.end]
    return "".join(ALIKE.get(letter) or _number(letter) for letter in letters), error.end


codecs.register_error(WAY, _replace)

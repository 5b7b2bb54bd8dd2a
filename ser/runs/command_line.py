"""Words of a command line whose values are text, spelt so that Hydra reads them letter by letter.

Hydra has a grammar for values: ``=``, brackets, commas, quotes and umlauts mean something or
nothing there. A path, a name or a title has none.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from ser.runs.configuration import is_place, own_key
from ser.runs.words import LISTS
from ser.system.paths import expanded
from ser.system.written import as_written

FOLDERS = ("output", "data.cache", "predictions", "folds", "ours")
TEXTS = ("name", "title", "data.name", "data.pattern")
OF_COLUMNS = "columns."  # of an audit: headings in somebody's CSV
OF_WORDS = re.compile(rf"(test_)?data\.(.+\.)?({'|'.join(LISTS)})(\.\w+)?", re.A)
READ = re.compile(r"[\[{][A-Za-z0-9_ ,:/.*-]*[\]}]", re.A)  # mappings and lists that Hydra reads
NO_WORD = re.compile(r"[\[{,]\s*(null|true|false|nan|inf|-?[\d.]+)\s*[],:}]", re.I | re.A)
SWEEP = ("-m", "--multirun", "hydra.mode=MULTIRUN")

WORD = re.compile(r"(\+{0,2}[\w./-]+)=(.*)", re.S)
SAME = re.compile(r"(?!(?:null|true|false|nan|inf)\Z)[A-Za-z/](?:[\w./-]*)", re.I | re.A)
QUOTED = re.compile(r"""(["']).*\1""", re.S)
CALL = re.compile(r"(choice|glob)\(.*\)", re.S)


def spell_texts(words: Sequence[str]) -> list[str]:
    """Quote the values of texts and paths for Hydra, and put in homes and variables of paths.

    ``null`` stays what it is, and so do quotes around a whole value and ``${…}``. In a sweep,
    commas part paths that it goes through, unless there is a file of the whole name. A mapping or
    list of names that Hydra cannot read becomes a text, as ``as_written`` reads it.

    Args:
        words: Words of a command line, as the shell gives them.

    Example:
        >>> spell_texts(["title=a = b", "output=runs", "model.dropout=0.5"])
        ["title='a = b'", 'output=runs', 'model.dropout=0.5']
        >>> spell_texts(["data.emotions={Wut: anger}", "data.emotions={Ärger: anger}"])
        ['data.emotions={Wut: anger}', "data.emotions='{Ärger: anger}'"]
    """
    sweeping = any(word in SWEEP for word in words)
    return [_spelt(word, sweeping) for word in words]


def _spelt(word: str, sweeping: bool) -> str:
    found = WORD.fullmatch(word)
    key = found[1].lstrip("+") if found else ""
    if found and OF_WORDS.fullmatch(key):
        return f"{found[1]}={_of_words(found[2])}"
    path = key in FOLDERS or is_place(key)
    if not found or not (path or own_key(key) in TEXTS or key.startswith(OF_COLUMNS)):
        return word
    value, there = found[2], path and os.path.lexists(found[2])
    if path and "${" in value:
        value = str(expanded(value))
    if not there and (value in ("", "null") or QUOTED.fullmatch(value) or "${" in value):
        return word
    if sweeping and not there and CALL.fullmatch(value):
        return word
    parts = value.split(",") if sweeping and is_place(key) and not there else [value]
    return f"{found[1]}={','.join(_quoted(part, path) for part in parts)}"


def _of_words(value: str) -> str:
    if READ.fullmatch(value) and not NO_WORD.search(value):
        return value
    return value if isinstance(as_written(value), str) else _quoted(value, path=False)


def _quoted(value: str, path: bool) -> str:
    if path and (value.startswith("~") or "$" in value):
        value = str(expanded(value))
    if SAME.fullmatch(value):
        return value
    return as_text(value)


def as_text(value: str) -> str:
    r"""Write a text as Hydra reads it letter by letter, whatever it holds.

    Example:
        >>> print(as_text("it's a = b"))
        'it\'s a = b'
    """
    doubled = re.sub(r"(\\*)('|\Z)", _escaped, value)
    return f"'{doubled}'"


def _escaped(end: re.Match[str]) -> str:
    """Double the backslashes before a quote, which Hydra reads as its escape."""
    return end[1] * 2 + (r"\'" if end[2] else "")

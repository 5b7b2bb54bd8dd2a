"""Corpora as words of a command line name them, and what such words are made of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from ser.runs.command_line import spell_texts

WORD = re.compile(r"\+{0,2}(?P<key>[\w./-]+)=(?P<value>.*)", re.S)
PART = re.compile(r"""(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\[[^\]]*\]|[^,\[\]])+""", re.S)
TABLES = (".csv", ".tsv", ".jsonl", ".parquet")


@dataclass(frozen=True)
class Named:
    """A corpus as a word names it.

    Args:
        name: What it is called among others.
        choice: Its file in ``conf/data``.
        file: Table that lists it, if it is one.
    """

    name: str
    choice: str
    file: str = ""

    @staticmethod
    def read(word: str) -> Named:
        """Read ``emodb``, ``north:table`` or ``lists/north.csv``."""
        text = _unquoted(word.strip())
        if text.lower().endswith(TABLES):
            stem = re.sub(r"\W", "_", PurePath(text).stem, flags=re.A)
            return Named(f"_{stem}" if stem[:1].isdigit() else stem, "table", text)
        name, _, choice = text.partition(":")
        return Named(name, choice or name)

    def words(self, place: str) -> list[str]:
        """Words that make it the corpus below a place of the configuration."""
        group = "data" if place == "data" else f"+data@{place}"
        file = spell_texts([f"{place}.file={self.file}"]) if self.file else []
        return [f"{group}={self.choice}", *file]


def named(value: str) -> list[Named]:
    """Corpora of a value: one, or those of a list in brackets."""
    listed = value[1:-1] if value.startswith("[") and value.endswith("]") else value
    return [Named.read(part) for part in parts(listed) if part.strip()]


def is_spelt_here(value: str) -> bool:
    """Whether Hydra knows no such value: a list of corpora, or a table."""
    return value.startswith("[") or any(
        part.strip("\"' []").lower().endswith(TABLES) for part in parts(value)
    )


def parts(value: str) -> list[str]:
    """What commas outside of brackets and quotes part."""
    return PART.findall(value)


def _unquoted(text: str) -> str:
    quote = text[:1]
    inner = text.strip("\"'")
    return inner.replace(f"\\{quote}", quote) if quote in {"'", '"'} else inner


def last(words: Sequence[str], *keys: str) -> str | None:
    """Value of the last word that has one of some keys."""
    values = [word.partition("=")[2] for word in words if key_of(word) in keys]
    return values[-1] if values else None


def key_of(word: str) -> str:
    """Key of a word, without the signs of Hydra before it; empty if it has none."""
    found = WORD.fullmatch(word)
    return found["key"] if found else ""

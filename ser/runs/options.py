"""Options in the way of other programs, as ``--model svm``, where ``model=svm`` is written here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

DASHES = "-\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}"  # editors and web pages make one of the others


def is_option(word: str) -> bool:
    """Whether a word begins as options of other programs do."""
    return word[:1] in tuple(DASHES) and word.strip(DASHES) != ""


def meant(words: Sequence[str], at: int, known: Iterable[str]) -> str:
    """Spell an option as a setting, as the end of a sentence.

    Args:
        words: Words of a command line.
        at: Which of them is the option.
        known: Settings, as dotted keys; the last word of one is enough to mean it.

    Example:
        >>> meant(["--batch-size", "8"], 0, ["model", "data.batch_size"])
        'settings are written KEY=VALUE: write data.batch_size=8'
    """
    name, _, value = words[at].strip(DASHES).partition("=")
    following = [word for word in words[at + 1 : at + 2] if not (is_option(word) or "=" in word)]
    keys = {key.rpartition(".")[2]: key for key in reversed([*known])}
    near = get_close_matches(name.replace("-", "_"), keys, n=1)
    if not near:
        return "settings are written KEY=VALUE, and --help says which there are"
    shown = value or (following[0] if following else "…")
    return f"settings are written KEY=VALUE: write {keys[near[0]]}={shown}"

"""Words of a command line that name several loggers, spelt so that Hydra composes each of them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ser.errors import ConfigError

WORD = re.compile(r"logger=\[(.*)\]", re.S)


def spell_loggers(words: Sequence[str]) -> list[str]:
    """Spell ``logger=[tensorboard,mlflow]``; other words stay as they are.

    Args:
        words: Words of a command line.

    Raises:
        ConfigError: If the list is empty, or names one twice.

    Example:
        >>> spell_loggers(["fold=0", "logger=[tensorboard]"])
        ['fold=0', '~logger', '+logger@logger.tensorboard=tensorboard']
    """
    return [spelt for word in words for spelt in _spelt(word)]


def _spelt(word: str) -> list[str]:
    found = WORD.fullmatch(word)
    if not found:
        return [word]
    names = [name.strip(" '\"") for name in found[1].split(",")]
    if not all(names) or len(set(names)) < len(names):
        raise ConfigError(
            f"{word} must name loggers, each of them once, as logger=[tensorboard,mlflow]."
        )
    return ["~logger", *(f"+logger@logger.{name}={name}" for name in names)]

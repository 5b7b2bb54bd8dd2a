"""Words of a command line, ``key=value``, taken as they are: any name of a file is a name here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ser.errors import ConfigError, likely


def read_words(
    words: Sequence[str], known: Mapping[str, str], needed: Sequence[str]
) -> dict[str, str]:
    """Read ``key=value``; what follows the first ``=`` is the value.

    Args:
        words: The command line.
        known: Meaning of each key.
        needed: Keys without which there is nothing to do.

    Raises:
        ConfigError: If a key is unknown, comes twice, is empty or missing.
    """
    rule = f"pass {' '.join(f'{key}=…' for key in needed)}, each quoted for the shell if needed."
    chosen: dict[str, str] = {}
    for word in words:
        key, _, value = word.partition("=")
        if key not in known:
            raise ConfigError(f"{word!r} is unknown{likely(key.lstrip('-+'), known)}; {rule}")
        if key in chosen:
            raise ConfigError(f"{key}= comes twice; {rule}")
        chosen[key] = value
    for key in needed:
        if not chosen.get(key):
            raise ConfigError(f"{key}= is missing; {rule}")
    return chosen


def usage(headline: str, known: Mapping[str, str]) -> str:
    """Say which words there are."""
    return "\n".join([headline, *(f"  {key}=…  {meaning}" for key, meaning in known.items()), ""])

"""Words of a command line, ``key=value``, taken as they are: any name of a file is a name here."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ser.errors import ConfigError, check_choice, likely
from ser.runs.options import is_option, meant
from ser.system.streams import Lasting

HELP = ("-h", "--help")


@dataclass(frozen=True)
class Words:
    """What the words of a command say.

    Args:
        headline: What the command is for.
        meanings: Meaning of each key.
        example: What is mostly passed.
        needed: Keys without which there is nothing to do.
        choices: Values of keys that have a few alone.
    """

    headline: str
    meanings: Mapping[str, str]
    example: str
    needed: Sequence[str] = ()
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def usage(self) -> str:
        """Say which words there are."""
        lines = [f"  {key}=…  {meaning}" for key, meaning in self.meanings.items()]
        return "\n".join([self.headline, *lines, ""])

    def help_was_given(self, words: Sequence[str]) -> bool:
        """Print which words there are if that is asked for, and say whether it was."""
        asked = any(word in HELP for word in words)
        if asked:
            Lasting(sys.stdout).write(self.usage())
        return asked

    def read(self, words: Sequence[str]) -> dict[str, str]:
        """Read ``key=value``; what follows the first ``=`` is the value.

        Args:
            words: The command line.

        Raises:
            ConfigError: If a word is unknown, comes twice, is empty or missing, or is not allowed.
        """
        rule = f"pass {self.example}, each quoted for the shell if it needs that."
        chosen: dict[str, str] = {}
        for at, word in enumerate(words):
            key, _, value = word.partition("=")
            if key not in self.meanings and is_option(word):
                raise ConfigError(f"{word} is no option here; {meant(words, at, self.meanings)}.")
            if key not in self.meanings:
                near = likely(key.lstrip("+"), self.meanings)
                raise ConfigError(f"{word!r} is unknown{near}; {rule}")
            if key in chosen:
                raise ConfigError(f"{key}= comes twice; {rule}")
            chosen[key] = value
        for key in self.needed:
            if not chosen.get(key):
                raise ConfigError(f"{key}= is missing; {rule}")
        for key, allowed in self.choices.items():
            if key in chosen:
                check_choice(key, chosen[key], allowed)
        if empty := [key for key, value in chosen.items() if not value]:
            raise ConfigError(f"{empty[0]}= is empty; leave it out, or say what it should be.")
        return chosen

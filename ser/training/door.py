"""What doors that Hydra reads the words of have in common: no mistake ends in a traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from traceback import walk_tb
from typing import Any

import hydra
from omegaconf import DictConfig

from ser.errors import ConfigError
from ser.runs.command_line import spell_texts
from ser.runs.configuration import config_folder, spell_absence
from ser.runs.corpora import spell_corpora
from ser.runs.loggers import spell_loggers
from ser.system.here import find_modules_here
from ser.system.streams import Lasting
from ser.training.composing import misread, refusal
from ser.training.help import asks_for_help, help_text
from ser.training.options import options_last

WHOLE = "HYDRA_FULL_ERROR"  # what Hydra itself asks before it prints in its own way and exits


def open_door(task: Callable[[DictConfig], Any], name: str) -> None:
    """Start a command that Hydra reads the words of; a mistake in them ends with one sentence.

    Args:
        task: The command, which takes what its words and defaults compose.
        name: Name of its defaults.

    Raises:
        SystemExit: If the words cannot be composed, or the command says why it cannot go on.
    """
    find_modules_here()
    start = hydra.main(version_base="1.3", config_path=config_folder(), config_name=name)(task)
    given = sys.argv[1:]
    spelt = _spelt(given, name)
    sys.argv[1:] = spell_absence(spell_texts(spelt))
    asked = os.environ.get(WHOLE)
    os.environ[WHOLE] = "1"
    try:
        if asks_for_help(given):
            Lasting(sys.stdout).write(help_text(name, spelt))
            return
        start()
    except Exception as error:
        reason = refusal(error) or (None if _had_begun(task, error) else misread(error, given))
        if reason is None or asked == "1":
            raise
        raise SystemExit(f"error: {reason}") from error
    finally:
        _restore(asked)


def _spelt(words: list[str], name: str) -> list[str]:
    """Spell words that name several corpora or loggers.

    Raises:
        SystemExit: If they cannot be used together, or one is no option.
    """
    try:
        return spell_loggers(spell_corpora(options_last(words, name)))
    except ConfigError as error:
        raise SystemExit(f"error: {error}") from error


def _had_begun(task: Callable[[DictConfig], Any], error: Exception) -> bool:
    """Whether an error came out of a command, and not out of reading its words."""
    ours = getattr(task, "__code__", None)
    return any(frame.f_code is ours for frame, _ in walk_tb(error.__traceback__))


def _restore(asked: str | None) -> None:
    os.environ.pop(WHOLE)
    if asked is not None:
        os.environ[WHOLE] = asked

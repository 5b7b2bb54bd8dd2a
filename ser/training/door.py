"""What doors that Hydra reads the words of have in common: no mistake ends in a traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

from hydra.core.hydra_config import HydraConfig

from ser.runs.command_line import spell_texts
from ser.runs.configuration import spell_absence
from ser.system.streams import Lasting
from ser.training.composing import misread, refusal
from ser.training.help import asks_for_help, help_text

WHOLE = "HYDRA_FULL_ERROR"  # what Hydra itself asks before it prints in its own way and exits


def open_door(start: Callable[[], Any], name: str = "train") -> None:
    """Start a command that Hydra reads the words of; a mistake in them ends with one sentence.

    Args:
        start: What ``hydra.main`` made of the command.
        name: Name of its configuration.

    Raises:
        SystemExit: If the words cannot be composed, or the command says why it cannot go on.
    """
    given, before = sys.argv[1:], HydraConfig.instance().cfg
    sys.argv[1:] = spell_absence(spell_texts(given))
    asked = os.environ.get(WHOLE)
    os.environ[WHOLE] = "1"
    try:
        if asks_for_help(given):
            Lasting(sys.stdout).write(help_text(name, given))
            return
        start()
    except Exception as error:
        begun = HydraConfig.instance().cfg is not before
        reason = refusal(error) or (None if begun else misread(error, given))
        if reason is None or asked == "1":
            raise
        raise SystemExit(f"error: {reason}") from error
    finally:
        _restore(asked)


def _restore(asked: str | None) -> None:
    os.environ.pop(WHOLE)
    if asked is not None:
        os.environ[WHOLE] = asked

"""Options of commands that argparse reads: a mistake in them ends with one sentence."""

from __future__ import annotations

import argparse
import re
from typing import NoReturn

from ser.system.near import nearest, question

CHOICE = re.compile(r"argument (\S+): invalid choice: '(.*)' \(choose from (.*)\)")
UNKNOWN = re.compile(r"unrecognized arguments: (--[\w-]+)")
HELP = "pass --help to see what there is"


class Orders(argparse.ArgumentParser):
    """Read a command line; say what is wrong with it without the usage, which ``--help`` shows."""

    def error(self, message: str) -> NoReturn:
        """End with the mistake, what was likely meant, and where to look."""
        self.exit(2, f"error: {self._said(message)}.\n")

    def _said(self, message: str) -> str:
        if found := CHOICE.fullmatch(message):
            option, value, listed = found.groups()
            choices = re.findall(r"[\w-]+", listed)
            asked = question(nearest(value, choices))
            return f"{option}={value} is unknown{asked}; choose one of {', '.join(choices)}"
        if found := UNKNOWN.match(message):
            options = [name for action in self._actions for name in action.option_strings]
            return f"{found[1]} is no option here{question(nearest(found[1], options))}; {HELP}"
        return f"{message}; {HELP}"

"""Options of commands that argparse reads: a mistake in them ends with one sentence."""

from __future__ import annotations

import argparse
from typing import NoReturn


class Orders(argparse.ArgumentParser):
    """Read a command line; say what is wrong with it without the usage, which ``--help`` shows."""

    def error(self, message: str) -> NoReturn:
        """End with the mistake, and where to look."""
        self.exit(2, f"error: {message}; pass --help to see what there is.\n")

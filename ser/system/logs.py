"""What libraries log, printed as everything else is."""

from __future__ import annotations

import logging

from ser.system.terminal import Terminal


class TerminalHandler(logging.Handler):
    """Print records on standard error, which costs no training if nobody reads them."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print a record."""
        Terminal(stderr=True).say(self.format(record))

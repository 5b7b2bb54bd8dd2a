"""The published rows, the leak, the evidence that is kept of them, and the tables made of it."""

from reproduce.keep import keep
from reproduce.tables import TABLES, fill

__all__ = ["TABLES", "fill", "keep"]

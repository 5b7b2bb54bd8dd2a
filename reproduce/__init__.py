"""The committed evidence: how it is kept, and the tables of README that are made of it."""

from reproduce.keep import keep
from reproduce.tables import TABLES, fill

__all__ = ["TABLES", "fill", "keep"]

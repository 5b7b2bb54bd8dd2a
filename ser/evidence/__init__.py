"""The committed evidence: how it is kept, and the tables of README that are made of it."""

from ser.evidence.keep import keep
from ser.evidence.tables import TABLES, fill

__all__ = ["TABLES", "fill", "keep"]

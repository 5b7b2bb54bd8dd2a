"""Corpora of one's own: from a table with a row an utterance, or from folders of files."""

from ser.corpora.listed.folders import Folders
from ser.corpora.listed.table import Table

__all__ = ["Folders", "Table"]

"""Corpora of one's own: from a table, folders of files, or a database."""

from ser.corpora.listed.audformat import Audformat
from ser.corpora.listed.folders import Folders
from ser.corpora.listed.table import Table

__all__ = ["Audformat", "Folders", "Table"]

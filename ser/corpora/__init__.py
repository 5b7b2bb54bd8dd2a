"""Corpora, one a file: what was said, by whom, with which emotion, and where the audio lies."""

from ser.corpora.corpus import Corpus, Utterance, unique_ids
from ser.corpora.emodb import EmoDB
from ser.corpora.iemocap import IEMOCAP
from ser.corpora.joined import Joined
from ser.corpora.listed import Audformat, Folders, Table
from ser.corpora.row import Row
from ser.corpora.synthetic import Synthetic

__all__ = [
    "IEMOCAP",
    "Audformat",
    "Corpus",
    "EmoDB",
    "Folders",
    "Joined",
    "Row",
    "Synthetic",
    "Table",
    "Utterance",
    "unique_ids",
]

"""Corpora, one a file: what was said, by whom, with which emotion, and where the audio lies."""

from ser.corpora.aesdd import AESDD
from ser.corpora.ased import ASED
from ser.corpora.cafe import CaFE
from ser.corpora.corpus import Corpus, Utterance, unique_ids
from ser.corpora.cremad import CREMAD
from ser.corpora.emodb import EmoDB
from ser.corpora.emotale import EmoTale
from ser.corpora.emovo import EMOVO
from ser.corpora.iemocap import IEMOCAP
from ser.corpora.joined import Joined
from ser.corpora.listed import Audformat, Folders, Table
from ser.corpora.mesd import MESD
from ser.corpora.named import NamedCorpus
from ser.corpora.nemo import NEMO
from ser.corpora.ravdess import RAVDESS
from ser.corpora.row import Row
from ser.corpora.savee import SAVEE
from ser.corpora.shemo import ShEMO
from ser.corpora.synthetic import Synthetic
from ser.corpora.tess import TESS
from ser.corpora.turev import TurEV
from ser.corpora.urdu import URDU

__all__ = [
    "AESDD",
    "ASED",
    "CREMAD",
    "EMOVO",
    "IEMOCAP",
    "MESD",
    "NEMO",
    "RAVDESS",
    "SAVEE",
    "TESS",
    "URDU",
    "Audformat",
    "CaFE",
    "Corpus",
    "EmoDB",
    "EmoTale",
    "Folders",
    "Joined",
    "NamedCorpus",
    "Row",
    "ShEMO",
    "Synthetic",
    "Table",
    "TurEV",
    "Utterance",
    "unique_ids",
]

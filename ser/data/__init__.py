"""Corpora, one a file, and the datamodule that serves their folds."""

from ser.data.batches import Batch
from ser.data.corpus import Corpus, Utterance
from ser.data.datamodule import CorpusDataModule
from ser.data.emodb import EmoDB, EmoDBDataModule
from ser.data.iemocap import IEMOCAP, IEMOCAPDataModule
from ser.data.synthetic import Synthetic, SyntheticDataModule

__all__ = [
    "IEMOCAP",
    "Batch",
    "Corpus",
    "CorpusDataModule",
    "EmoDB",
    "EmoDBDataModule",
    "IEMOCAPDataModule",
    "Synthetic",
    "SyntheticDataModule",
    "Utterance",
]

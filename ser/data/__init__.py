"""From a corpus and its folds to batches: one datamodule for every corpus."""

from ser.corpora import IEMOCAP, Corpus, EmoDB, Synthetic, Utterance
from ser.data.batches import Batch
from ser.data.datamodule import CorpusDataModule
from ser.data.named import EmoDBDataModule, IEMOCAPDataModule, SyntheticDataModule

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

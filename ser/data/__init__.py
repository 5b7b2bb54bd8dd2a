"""From a corpus and its folds to batches: one datamodule for every corpus."""

from ser.corpora import (
    IEMOCAP,
    Corpus,
    EmoDB,
    Folders,
    Joined,
    Synthetic,
    Table,
    Utterance,
    unique_ids,
)
from ser.data.batches import Batch
from ser.data.datamodule import CorpusDataModule
from ser.data.joined import JoinedDataModule
from ser.data.named import (
    AudformatDataModule,
    EmoDBDataModule,
    FoldersDataModule,
    IEMOCAPDataModule,
    SyntheticDataModule,
    TableDataModule,
)

__all__ = [
    "IEMOCAP",
    "AudformatDataModule",
    "Batch",
    "Corpus",
    "CorpusDataModule",
    "EmoDB",
    "EmoDBDataModule",
    "Folders",
    "FoldersDataModule",
    "IEMOCAPDataModule",
    "Joined",
    "JoinedDataModule",
    "Synthetic",
    "SyntheticDataModule",
    "Table",
    "TableDataModule",
    "Utterance",
    "unique_ids",
]

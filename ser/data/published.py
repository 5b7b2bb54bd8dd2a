"""Datamodules of published corpora whose file names say what is in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from ser.corpora import (
    AESDD,
    ASED,
    CREMAD,
    EMOVO,
    MESD,
    NEMO,
    RAVDESS,
    SAVEE,
    TESS,
    URDU,
    CaFE,
    EmoTale,
    NamedCorpus,
    ShEMO,
    TurEV,
)
from ser.data.datamodule import CorpusDataModule
from ser.features import FrontEnd, UtteranceStatistics


class PublishedDataModule(CorpusDataModule):
    """One fold of a published corpus.

    Args:
        root: Folder of the corpus, as in ``NamedCorpus``.
        front_end: Features; None takes those of ``features=statistics``.
        options: Arguments of ``CorpusDataModule``, such as ``cv`` and ``fold``.
    """

    reads: ClassVar[type[NamedCorpus]]

    def __init__(
        self, root: str | Path | None = None, front_end: FrontEnd | None = None, **options: Any
    ) -> None:
        super().__init__(self.reads(root), front_end or UtteranceStatistics(), **options)


class AESDDDataModule(PublishedDataModule):
    """One fold of AESDD."""

    reads = AESDD


class ASEDDataModule(PublishedDataModule):
    """One fold of ASED."""

    reads = ASED


class CaFEDataModule(PublishedDataModule):
    """One fold of CaFE."""

    reads = CaFE


class CREMADDataModule(PublishedDataModule):
    """One fold of CREMA-D."""

    reads = CREMAD


class EmoTaleDataModule(PublishedDataModule):
    """One fold of EmoTale."""

    reads = EmoTale


class EMOVODataModule(PublishedDataModule):
    """One fold of EMOVO."""

    reads = EMOVO


class MESDDataModule(PublishedDataModule):
    """One fold of MESD."""

    reads = MESD


class NEMODataModule(PublishedDataModule):
    """One fold of nEMO."""

    reads = NEMO


class RAVDESSDataModule(PublishedDataModule):
    """One fold of RAVDESS."""

    reads = RAVDESS


class SAVEEDataModule(PublishedDataModule):
    """One fold of SAVEE."""

    reads = SAVEE


class ShEMODataModule(PublishedDataModule):
    """One fold of ShEMO."""

    reads = ShEMO


class TESSDataModule(PublishedDataModule):
    """One fold of TESS."""

    reads = TESS


class TurEVDataModule(PublishedDataModule):
    """One fold of TurEV-DB."""

    reads = TurEV


class URDUDataModule(PublishedDataModule):
    """One fold of URDU."""

    reads = URDU

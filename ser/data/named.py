"""Datamodules of the corpora that have a name: a corpus, and the default features."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ser.corpora import IEMOCAP, EmoDB, Synthetic
from ser.data.datamodule import CorpusDataModule
from ser.features import FrontEnd, UtteranceStatistics


class EmoDBDataModule(CorpusDataModule):
    """One fold of EmoDB.

    Args:
        root: Folder of the corpus, as in ``EmoDB``.
        front_end: Features; None takes those of ``features=statistics``.
        options: Arguments of ``CorpusDataModule``, such as ``cv`` and ``fold``.
    """

    def __init__(
        self, root: str | Path | None = None, front_end: FrontEnd | None = None, **options: Any
    ) -> None:
        super().__init__(EmoDB(root), front_end or UtteranceStatistics(), **options)


class IEMOCAPDataModule(CorpusDataModule):
    """One fold of IEMOCAP.

    Args:
        root: Folder of the release, as in ``IEMOCAP``.
        front_end: Features; None takes those of ``features=statistics``.
        merge_excitement: As in ``IEMOCAP``.
        style: As in ``IEMOCAP``.
        options: Arguments of ``CorpusDataModule``, such as ``cv`` and ``fold``.
    """

    def __init__(
        self,
        root: str | Path | None = None,
        front_end: FrontEnd | None = None,
        merge_excitement: bool = True,
        style: str = "all",
        **options: Any,
    ) -> None:
        corpus = IEMOCAP(root, merge_excitement, style)
        super().__init__(corpus, front_end or UtteranceStatistics(), **options)


class SyntheticDataModule(CorpusDataModule):
    """One fold of the embedded corpus.

    Args:
        root: Folder of the corpus; None takes one in the cache.
        front_end: Features; None takes those of ``features=statistics``.
        sentences: How many sentences each speaker says in each emotion.
        speakers: How many speakers.
        options: Arguments of ``CorpusDataModule``, such as ``cv`` and ``fold``.
    """

    def __init__(
        self,
        root: str | Path | None = None,
        front_end: FrontEnd | None = None,
        sentences: int = 5,
        speakers: int = 10,
        **options: Any,
    ) -> None:
        corpus = Synthetic(root, sentences, speakers)
        super().__init__(corpus, front_end or UtteranceStatistics(), **options)

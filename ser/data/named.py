"""Datamodules of the corpora that have a name: a corpus, and the default features."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ser.corpora import IEMOCAP, Audformat, EmoDB, Folders, Synthetic, Table
from ser.data.datamodule import CorpusDataModule
from ser.features import FrontEnd, UtteranceStatistics
from ser.features.audio import duration_of


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


class TableDataModule(CorpusDataModule):
    """One fold of a corpus that a table lists.

    Args:
        file: Table, as in ``Table``.
        root: Folder that paths are relative to; None takes that of the file.
        front_end: Features; None takes those of ``features=statistics``.
        name: What the corpus is called; None takes the name of the file.
        columns: Names of your columns, as in ``Table``.
        emotions: Which emotions are learnt, as in ``Table``.
        options: Arguments of ``CorpusDataModule``, such as ``cv`` and ``fold``.
    """

    def __init__(
        self,
        file: str | Path | None = None,
        root: str | Path | None = None,
        front_end: FrontEnd | None = None,
        *,
        name: str | None = None,
        columns: Mapping[str, str] | str | None = None,
        emotions: Sequence[str] | Mapping[str, str | None] | str | None = None,
        **options: Any,
    ) -> None:
        corpus = Table(file, root, name=name, columns=columns, emotions=emotions, probe=duration_of)
        super().__init__(corpus, front_end or UtteranceStatistics(), **options)


class FoldersDataModule(CorpusDataModule):
    """One fold of a corpus of files whose paths name emotion and speaker.

    Args:
        root: Folder of the corpus.
        pattern: What paths look like, as in ``Folders``.
        front_end: Features; None takes those of ``features=statistics``.
        name: What the corpus is called; None takes the name of the folder.
        emotions: Which emotions are learnt, as in ``Table``.
        options: Arguments of ``CorpusDataModule``, such as ``cv`` and ``fold``.
    """

    def __init__(
        self,
        root: str | Path | None = None,
        pattern: str | None = None,
        front_end: FrontEnd | None = None,
        name: str | None = None,
        emotions: Sequence[str] | Mapping[str, str | None] | str | None = None,
        **options: Any,
    ) -> None:
        corpus = Folders(root, pattern, name, emotions, probe=duration_of)
        super().__init__(corpus, front_end or UtteranceStatistics(), **options)


class AudformatDataModule(CorpusDataModule):
    """One fold of a corpus that is a database of audformat.

    Args:
        root: Folder of the database, as in ``Audformat``.
        name: What the corpus is called, or the name that audb loads.
        front_end: Features; None takes those of ``features=statistics``.
        version: Version that audb loads; None takes the latest.
        emotion: Column, or scheme, of the emotion.
        speaker: Column, or scheme, of the speaker.
        tables: Names of the tables that list the utterances; None takes all with emotions.
        columns: Columns of what else is known, as in ``Audformat``.
        emotions: Which emotions are learnt, as in ``Table``.
        options: Arguments of ``CorpusDataModule``, such as ``cv`` and ``fold``.
    """

    def __init__(
        self,
        root: str | Path | None = None,
        name: str | None = None,
        front_end: FrontEnd | None = None,
        *,
        version: str | None = None,
        emotion: str = "emotion",
        speaker: str = "speaker",
        tables: list[str] | None = None,
        columns: Mapping[str, str] | str | None = None,
        emotions: Sequence[str] | Mapping[str, str | None] | str | None = None,
        **options: Any,
    ) -> None:
        corpus = Audformat(
            root,
            name,
            version=version,
            emotion=emotion,
            speaker=speaker,
            tables=list(tables) if tables else None,
            columns=columns,
            emotions=emotions,
            probe=duration_of,
        )
        super().__init__(corpus, front_end or UtteranceStatistics(), **options)

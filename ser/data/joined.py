"""The datamodule of several corpora: joined, or trained on some and tested on another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ser.corpora.joined import COMMON, Joined
from ser.data.datamodule import CorpusDataModule
from ser.features import FrontEnd, UtteranceStatistics


class JoinedDataModule(CorpusDataModule):
    """One fold of several corpora.

    Args:
        corpora: Datamodules of the corpora, by name; of each, corpus and ``verify`` are taken.
        front_end: Features; None takes those of ``features=statistics``.
        classes: Which emotions are learnt, as in ``Joined``.
        emotions: What becomes of the emotions of a corpus, by its name, as in ``Joined``.
        test: Corpus that ``cv=corpus`` tests; None tests each in a fold of its own.
        name: What they are called together; for the name of the run alone.
        options: Arguments of ``CorpusDataModule``, such as ``cv`` and ``fold``.
    """

    def __init__(
        self,
        corpora: Mapping[str, Any] | None = None,
        front_end: FrontEnd | None = None,
        *,
        classes: str | Sequence[str] = COMMON,
        emotions: Mapping[str, Any] | None = None,
        test: str | None = None,
        name: str | None = None,
        **options: Any,
    ) -> None:
        folds = {key: module.folds for key, module in (corpora or {}).items()}
        corpus = Joined(
            {key: each.corpus for key, each in folds.items()},
            classes if isinstance(classes, str) else list(classes),
            emotions,
            test,
            [key for key, each in folds.items() if not each.verify],
        )
        corpus.name = name or corpus.name
        super().__init__(corpus, front_end or UtteranceStatistics(), **options)

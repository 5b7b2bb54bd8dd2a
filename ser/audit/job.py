"""Look at a corpus and its folds before anything is trained: sizes, overlaps, files, probes.

Example: ``python -m ser.audit data=emodb cv=speaker``
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hydra.errors import InstantiationException
from omegaconf import DictConfig

from ser.errors import LeakageError, SerError, mistake

if TYPE_CHECKING:
    from rich.console import Console

    from ser.audit.probes import Neighbours
    from ser.data import CorpusDataModule
    from ser.folds.overlaps import Overlap
    from ser.folds.regimes import Fold

WIDTH = 80  # columns


def main(cfg: DictConfig) -> None:
    """Audit as the configuration says; a mistake in it, or a leak, ends with one sentence."""
    try:
        audit(cfg)
    except (SerError, InstantiationException) as error:
        if reason := mistake(error):
            raise SystemExit(f"error: {reason}") from error
        raise


@dataclass(frozen=True)
class Dealt:
    """The folds of a corpus.

    Args:
        folds: The folds, as positions in the rows of the datamodule.
        overlaps: What the sides of each share.
        refused: Why folds are refused, where they are.
    """

    folds: list[Fold]
    overlaps: list[list[Overlap]]
    refused: list[str]


def audit(cfg: DictConfig) -> None:
    """Print what is to know of corpus and folds.

    Raises:
        LeakageError: If a fold shares what it must not, after all is printed.
    """
    from rich.console import Console  # noqa: PLC0415 - --help should not wait for imports

    from ser.training.build import build_data  # noqa: PLC0415

    console = Console(highlight=False)
    console.width = min(console.width, WIDTH)
    data = build_data(cfg)
    dealt = deal(data)
    _print_folds(console, data, dealt)
    _print_files(console, data, cfg)
    _print_probes(console, data, dealt.folds, cfg)
    if dealt.refused:
        others = len(dealt.refused) - 1
        more = f" So do {others} other folds." if others else ""
        raise LeakageError(dealt.refused[0] + more)


def hashes_of(data: CorpusDataModule) -> dict[str, str]:
    """Hash of the content of each file, by utterance id."""
    return dict(zip((u.id for u in data.utterances), data.hashes, strict=True))


def deal(data: CorpusDataModule) -> Dealt:
    """Deal every fold, and note those that leak instead of stopping at them.

    Raises:
        FoldError: If the corpus cannot be split so.
    """
    from ser.folds.leakage import refuse  # noqa: PLC0415
    from ser.folds.overlaps import overlaps_of  # noqa: PLC0415

    dealt = Dealt([], [], [])
    for index in range(data.num_folds):
        try:
            data.at_fold(index).setup()
        except LeakageError:  # told below, where the fold was dealt and only then refused
            if getattr(data, "fold", None) is None or data.fold.index != index:
                raise
        dealt.folds.append(data.fold)
        dealt.overlaps.append(overlaps_of(data.fold, data.rows, hashes_of(data)))
        try:
            where = f"cv={data.regime.name}, fold {index}"
            refuse(dealt.overlaps[-1], data.regime, where, data.protocol.unit == "row")
        except LeakageError as error:
            dealt.refused.append(str(error))
    return dealt


def nearest(data: CorpusDataModule, folds: list[Fold]) -> list[Neighbours]:
    """Nearest neighbour of each tested row of each fold, in training or validation."""
    import numpy as np  # noqa: PLC0415

    from ser.audit.probes import neighbours, vectors  # noqa: PLC0415

    values, everything = vectors(data.features), np.arange(len(data.rows))
    return [
        neighbours(
            values,
            rows=fold.test,
            among=np.concatenate([fold.train, fold.validation]),
            fit=everything if data.protocol.scaler == "all" else fold.train,
        )
        for fold in folds
    ]


def _print_folds(console: Console, data: CorpusDataModule, dealt: Dealt) -> None:
    from ser.audit import lines, tables  # noqa: PLC0415
    from ser.folds.leakage import describe  # noqa: PLC0415

    console.print(tables.sizes(data, dealt.folds))
    _section(console, "Folds", lines.coverage(data, dealt.folds))
    shared = describe(dealt.overlaps) or ["no utterance, file, speaker, sentence or session"]
    if ways := data.protocol.leaks(copies=len(data.views) > 1):
        shared.append(f"protocol={data.protocol.name} LEAKS: {ways}")
    _section(console, "On both sides of a fold", shared)
    if dealt.refused:
        _section(console, "FORBIDDEN", dealt.refused[:3])


def _print_files(console: Console, data: CorpusDataModule, cfg: DictConfig) -> None:
    from ser.audit import lines  # noqa: PLC0415

    _section(console, "Files", lines.files(data, hashes_of(data), cfg))


def _print_probes(
    console: Console, data: CorpusDataModule, folds: list[Fold], cfg: DictConfig
) -> None:
    from ser.audit import tables  # noqa: PLC0415

    found = nearest(data, folds)
    table, verdict = tables.probes(data, found, hashes_of(data), cfg)
    console.print(table)
    _section(console, "Probes", verdict)


def _section(console: Console, title: str, lines: list[str]) -> None:
    from rich.padding import Padding  # noqa: PLC0415

    console.print(title, style="bold")
    for line in lines:
        console.print(Padding(line, (0, 0, 0, 2)), markup=False)
    console.print()

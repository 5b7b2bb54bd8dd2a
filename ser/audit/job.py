"""Look at a corpus and its folds before anything is trained: sizes, overlaps, files, probes.

With ``predictions=…`` it looks at what somebody else predicted instead.

Example: ``python -m ser.audit data=emodb cv=speaker``
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from hydra.errors import InstantiationException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from ser.audit import lines, tables
from ser.audit.foreign.job import Question, judge
from ser.audit.nearest import nearest
from ser.audit.page import Part, show
from ser.audit.settings import Settings
from ser.data.corpus_folds import CorpusFolds
from ser.errors import ConfigError, LeakageError, SerError
from ser.folds import Fold
from ser.system.counted import counted
from ser.system.hints import hints
from ser.system.terminal import Terminal
from ser.training.build import BUILT, build_data
from ser.training.composing import refusal
from ser.training.demands import check_own, refuse_unknown

WIDTH = 80  # columns
PERMUTED = (
    "SHUFFLED LABELS (shuffle_labels=true): the emotions are permuted, so their counts and the "
    "column UAR are not those of the corpus"
)
ABOUT_PREDICTIONS = ("folds", "ours", "output")  # settings that need predictions
OWN: Mapping[str, Any] = {
    **hints(Settings),
    **dict.fromkeys(("predictions", *ABOUT_PREDICTIONS), str | None),
    "shuffle_labels": bool,
    "columns": Mapping[str, Any],
    "emotions": Mapping[str, Any] | None,
}


def main(cfg: DictConfig) -> None:
    """Audit as the configuration says; a mistake in it, or a leak, ends with one sentence."""
    try:
        audit(cfg)
    except (SerError, InstantiationException, OmegaConfBaseException) as error:
        if reason := refusal(error):
            raise SystemExit(f"error: {reason}") from error
        raise


@dataclass(frozen=True)
class Dealt:
    """The folds of a corpus.

    Args:
        folds: The folds, as positions in the rows of the datamodule.
        refused: Why folds are refused, where they are.
    """

    folds: list[Fold]
    refused: list[str]


def audit(cfg: DictConfig) -> None:
    """Print what is to know of corpus and folds, or of somebody else's predictions.

    Raises:
        LeakageError: If a fold shares what it must not, after all is printed.
    """
    refuse_unknown(cfg, OWN, BUILT)
    check_own(cfg, OWN)
    terminal = Terminal()
    terminal.width = min(terminal.width, WIDTH)
    data = build_data(cfg).folds
    if cfg.predictions is not None:
        _refuse_shuffled(cfg)
        judge(_question(cfg), data, terminal)
        return
    _refuse_alone(cfg)
    dealt = deal(data)
    _print_folds(terminal, data, dealt)
    names = (field.name for field in fields(Settings))
    settings = Settings(**{name: cfg[name] for name in names})
    show(terminal, [Part("Files", lines.files(data, settings))])
    _print_probes(terminal, data, dealt.folds, settings)
    if dealt.refused:
        others = len(dealt.refused) - 1
        more = (
            f" So {'does' if others == 1 else 'do'} {counted(others, 'other fold')}."
            if others
            else ""
        )
        raise LeakageError(dealt.refused[0] + more)


def _question(cfg: DictConfig) -> Question:
    paths = {name: Path(cfg[name]) if cfg[name] else None for name in ABOUT_PREDICTIONS}
    plain: Any = OmegaConf.to_container(cfg)
    columns, words = plain["columns"], plain["emotions"] or {}
    emotions = {str(word): label and str(label) for word, label in words.items()}
    return Question(
        Path(cfg.predictions), **paths, columns=columns, emotions=emotions, close=cfg.close
    )


def _refuse_alone(cfg: DictConfig) -> None:
    """Refuse settings that say more of predictions where there are none."""
    for name in ABOUT_PREDICTIONS:
        if cfg[name] is not None:
            raise ConfigError(
                f"{name}={cfg[name]} describes predictions to audit; pass predictions=… too."
            )


def _refuse_shuffled(cfg: DictConfig) -> None:
    """Refuse to judge predictions by labels that nobody gave."""
    if cfg.shuffle_labels:
        raise ConfigError(
            "shuffle_labels=true permutes the emotions, and predictions=… are judged by those that "
            "the corpus has; leave it out."
        )


def deal(data: CorpusFolds) -> Dealt:
    """Deal every fold, and note those that leak instead of stopping at them.

    Raises:
        FoldError: If the corpus cannot be split so.
    """
    dealt = Dealt(data.dealt, [])
    for fold in data.dealt:
        try:
            data.check(fold)
        except LeakageError as error:
            dealt.refused.append(str(error))
    return dealt


def _print_folds(terminal: Terminal, data: CorpusFolds, dealt: Dealt) -> None:
    terminal.print(tables.sizes(data, dealt.folds))
    shared = data.described or ["no utterance, file, speaker, sentence or session"]
    if ways := data.protocol.leaks(copies=len(data.views) > 1):
        shared.append(f"protocol={data.protocol.name} LEAKS: {ways}")
    if data.protocol.transductive:
        how = data.protocol.transductive
        shared.append(f"normalise={data.protocol.scaler} is TRANSDUCTIVE: {how}")
    permuted = [PERMUTED] if data.shuffle_labels else []
    parts = [
        Part("Folds", [*permuted, *lines.coverage(data, dealt.folds)]),
        Part("On both sides of a fold", shared),
    ]
    if dealt.refused:
        parts.append(Part("FORBIDDEN", dealt.refused[:3]))
    show(terminal, parts)


def _print_probes(
    terminal: Terminal, data: CorpusFolds, folds: list[Fold], settings: Settings
) -> None:
    found = nearest(data, folds)
    table, verdict = tables.probes(data, found, settings)
    terminal.print(table)
    show(terminal, [Part("Probes", verdict)])

"""The jobs of a sweep: a grid of settings, with one job for each fold of ``fold=each``."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf

from ser.errors import ConfigError, SerError
from ser.runs.cell import Cell
from ser.runs.configuration import flatten, is_incidental, is_place
from ser.runs.names import choices_of, run_name
from ser.runs.plan import Planned
from ser.training.composing import refusal
from ser.training.demands import check_own, refuse_missing, refuse_unknown

Compose = Callable[[list[str]], DictConfig]
EACH = "fold=each"
ALONE = ("fold=", "seed=")


class Jobs:
    """Expand a grid of jobs into cells.

    Args:
        grid: Words of every job, such as ``["model=cnn1d", "cv=speaker", "fold=each"]``.
        compose: Gives the configuration of some words, with its ``hydra`` node.

    Attributes:
        words: Those of each job that can begin.
        refused: Why others cannot, by their words.

    Raises:
        SerError: If no job can begin.
    """

    def __init__(self, grid: Iterable[Sequence[str]], compose: Compose) -> None:
        self._compose = compose
        self._composed: dict[tuple[str, ...], DictConfig] = {}
        self._counts: dict[str, int] = {}
        self._by_run: dict[Path, DictConfig] = {}
        self.refused: dict[str, SerError] = {}
        self.words = [job for words in grid for job in self._accepted(list(words))]
        if self.refused and not self.words:
            raise next(iter(self.refused.values()))

    def planned(self) -> list[Planned]:
        """Every cell that the jobs are to fill, each once, in their order.

        Raises:
            ConfigError: If two jobs that differ in more than fold and seed have one run folder.
        """
        found = [cell for words in self.words for cell in self._cells(words)]
        return list(dict.fromkeys(found))

    def _accepted(self, words: list[str]) -> list[list[str]]:
        """Jobs of some words; none if they are refused, so that the others are trained."""
        try:
            _check_alone(words)
            self._num_folds(self._config(words))
            return self._expand(words)
        except Exception as error:
            reason = refusal(error)
            if reason is None:
                raise
            self.refused[" ".join(words)] = reason
            return []

    def _expand(self, words: list[str]) -> list[list[str]]:
        """One job for each fold; the number of folds follows the regime of the job.

        ``fold=each`` may also come from a configuration, as that of a ready sweep.
        """
        cfg = self._config(words)
        given = [word for word in words if word.startswith("fold=")]
        if (given or [f"fold={cfg.fold}"])[-1] != EACH:
            return [words]
        rest = [word for word in words if not word.startswith("fold=")]
        return [[*rest, f"fold={fold}"] for fold in range(self._num_folds(cfg))]

    def _cells(self, words: list[str]) -> list[Planned]:
        cfg = self._config(words)
        choices = choices_of(cfg.hydra.runtime.choices, cfg.data)
        name = run_name(choices, cfg.hydra.overrides.task, cfg.name)
        alone = dict(word.split("=", 1) for word in words if word.startswith(ALONE))
        fold, seed = alone.get("fold", str(cfg.fold)), int(alone.get("seed", cfg.seed))
        there = range(self._num_folds(cfg))
        folds = there if fold == "all" else [n for n in (_number(fold),) if n in there]
        run, title = Path(cfg.output, name), cfg.title or name.as_posix()
        self._refuse_shared(run, cfg)
        return [Planned(Cell(run, fold, seed), title) for fold in folds]

    def _refuse_shared(self, run: Path, cfg: DictConfig) -> None:
        """Refuse two runs in one folder; where a list or a corpus lies is no part of its name."""
        other = self._by_run.setdefault(run, cfg)
        if other is cfg:
            return
        first, now = _settings(other), _settings(cfg)
        keys = [key for key in sorted({*first, *now}) if first.get(key) != now.get(key)]
        if keys:
            changes = "; ".join(f"{k}={first.get(k)} and {k}={now.get(k)}" for k in keys)
            raise ConfigError(
                f"jobs of this sweep with {changes} have one run folder, {run}, and figures of two "
                "runs are not mixed. Sweep over each by itself, with a name=… of its own."
            )

    def _config(self, words: list[str]) -> DictConfig:
        key = tuple(word for word in words if not word.startswith(ALONE))
        if key not in self._composed:
            composed = self._compose(list(key))
            refuse_missing(composed)
            refuse_unknown(composed)
            check_own(composed)
            _check_model(composed)
            self._composed[key] = composed
        return self._composed[key]

    def _num_folds(self, cfg: DictConfig) -> int:
        """Count folds by the list of utterances alone, once for each corpus and regime."""
        plain: Any = OmegaConf.to_container(
            OmegaConf.create({"data": cfg.data, "cv": cfg.cv}), resolve=True
        )
        key = json.dumps(plain, sort_keys=True)
        if key not in self._counts:
            self._counts[key] = count_folds(cfg)
        return self._counts[key]


def _check_model(cfg: DictConfig) -> None:
    """Refuse a model that no job could build; what a class of the user's own raises, its job says.

    Raises:
        ConfigError: If a setting of it is unknown or unfit.
    """
    from ser.training.build import check_model  # noqa: PLC0415 - only entry points need Hydra

    try:
        check_model(cfg)
    except SerError:
        raise
    except Exception:  # which stops one job, and no other
        return


def _settings(cfg: DictConfig) -> dict[str, Any]:
    """What tells two runs apart, and where their corpora and lists lie."""
    plain = OmegaConf.masked_copy(cfg, [str(key) for key in cfg if key != "hydra"])
    content: Any = OmegaConf.to_container(plain, resolve=True)
    flat = flatten(content)
    return {key: flat[key] for key in flat if is_place(key) or not is_incidental(key)}


def _check_alone(words: Iterable[str]) -> None:
    """Check fold and seed, which are no part of what is composed."""
    for key, _, value in (word.partition("=") for word in words if word.startswith(ALONE)):
        if key == "fold" and value not in ("all", "each"):
            _number(value)
        if key == "seed":
            check_own({"seed": int(value) if value.removeprefix("-").isdigit() else value})


def _number(fold: str) -> int:
    if not fold.isdigit():
        raise ConfigError(
            f"fold={fold} must be all, each, a number from 0, or several, such as 'fold=range(10)'."
        )
    return int(fold)


def count_folds(cfg: DictConfig) -> int:
    """Number of folds that a regime gives on a corpus.

    Raises:
        CorpusError: If the corpus is absent.
        FoldError: If the regime cannot split it.
    """
    from ser.training.build import build_data  # noqa: PLC0415 - only entry points need Hydra

    return build_data(cfg).num_folds

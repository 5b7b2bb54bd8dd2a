"""Cross-validation in one call: the experiment of ``python -m ser.train``, for a program."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import index
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from omegaconf import DictConfig, OmegaConf

from ser.corpora import Corpus
from ser.data import CorpusDataModule
from ser.errors import ConfigError
from ser.features import FrontEnd
from ser.folds import Regime
from ser.report.result import CrossValidation
from ser.runs.cell import Cell
from ser.runs.checked import done_cells
from ser.training.composing import refusal
from ser.training.demands import check_own, refuse_missing, refuse_unknown
from ser.training.experiment import Experiment
from ser.training.finishing import write_figures
from ser.training.job import attempt_all, refuse_failures
from ser.training.learner import Learner
from ser.training.messages import quieten, say_notes
from ser.training.processes import claim_rank, several
from ser.training.spelling import word
from ser.training.work import Work

OWN = ("fold", "seed", "output", "name")  # which are arguments


def cross_validate(
    data: str | Corpus | CorpusDataModule,
    model: Any,
    cv: str | Regime | None = None,
    *,
    features: str | FrontEnd | None = None,
    augment: str | None = None,
    protocol: str | None = None,
    folds: int | Iterable[int] | None = None,
    seed: int | Iterable[int] = 0,
    max_epochs: int | None = None,
    settings: Mapping[str, Any] | Sequence[str] = (),
    output: str | Path | None = None,
    name: str | None = None,
) -> CrossValidation:
    """Train and test a model on every fold of a corpus, as ``python -m ser.train`` does.

    Equal settings give equal predictions here and there: the scaler and the choice of the epoch
    see the training side alone, and the leakage guard runs before each fold. With ``output``, both
    share their run folders: finished folds are not trained again, interrupted ones continue.

    Args:
        data: Name of a corpus, such as ``"emodb"``; a corpus; or a datamodule, whose features,
            folds, protocol and augmentation are taken where nothing else is asked for.
        model: Name of a model, such as ``"cnn1d"``; a network or its class, which each fold builds
            anew; or a classifier of scikit-learn.
        cv: Name of a regime, such as ``"speaker"``, or one; None takes that of the datamodule, and
            else ``"stratified"``.
        features: Name of features, such as ``"logmel"``, or a front end; None takes those of the
            datamodule, and else those that the model is used with.
        augment: Name of an augmentation, such as ``"mixup"``; None likewise.
        protocol: ``"honest"`` or one that leaks; None takes that of the datamodule, or honest.
        folds: Number of a fold, counted from 0, or several; None trains all.
        seed: Seed of the training, or several; the folds stay the same.
        max_epochs: Epochs to train for at most; None takes the default of the model.
        settings: Whatever else ``python -m ser.train --help`` lists, such as
            ``{"trainer.precision": "bf16-mixed", "ensemble": 3}``, or words of a command line.
        output: Folder that run folders are made in; None keeps nothing beyond the result.
        name: Last part of the run folder's name; None makes one of what was changed.

    Returns:
        Predictions, figures, intervals and models; ``report`` writes the page.

    Raises:
        ConfigError: If a name, a setting or a value is none that there is.
        SerError: As ``python -m ser.train``, if corpus, folds or run folder cannot be used.
        FailedError: If some of several folds failed; the others were trained all the same.
    """
    quieten()
    seeds = _numbers("seed", seed)
    wanted = None if folds is None else _numbers("folds", folds)
    given = {"augment": augment, "protocol": protocol, "trainer.max_epochs": max_epochs}
    words = _words(settings, {**given, "name": name})
    experiment = Experiment(data, model, features, cv, words)
    keeper = TemporaryDirectory(prefix="ser-") if output is None else None
    cfg, run_name = _configuration(experiment)
    cfg.output = keeper.name if keeper else str(output)
    run = Path(cfg.output) / run_name
    for number, each in enumerate(seeds):
        cfg.seed = each
        check_configuration(cfg)
        module = experiment.build_data(cfg)
        learner = experiment.build_learner(cfg, module)
        fill(cfg, module, learner, run, wanted, say_it=number == 0)
    return CrossValidation(run, keeper)


def _configuration(experiment: Experiment) -> tuple[DictConfig, Path]:
    """Compose an experiment; what Hydra refuses ends in an error of this package."""
    try:
        return experiment.configuration()
    except Exception as error:
        if (reason := refusal(error)) is None:
            raise
        raise reason from error


def check_configuration(cfg: DictConfig) -> None:
    """Refuse a configuration that cannot be trained in this process.

    Raises:
        ConfigError: If it lacks something, has something unknown, or needs several processes.
    """
    refuse_missing(cfg)
    refuse_unknown(cfg)
    check_own(cfg)
    if several(cfg.trainer) or cfg.trainer.fast_dev_run:
        raise ConfigError(
            f"trainer.devices={cfg.trainer.devices}, trainer.strategy={cfg.trainer.strategy} and "
            f"trainer.fast_dev_run={cfg.trainer.fast_dev_run} are for python -m ser.train, which "
            "starts processes of its own; here, train on one device and keep what is trained."
        )
    claim_rank(cfg.trainer)


def fill(
    cfg: DictConfig,
    data: CorpusDataModule,
    learner: Learner,
    run: Path,
    folds: Sequence[int] | None = None,
    *,
    say_it: bool = True,
) -> None:
    """Train the cells of a run that are not finished, and write its figures.

    Args:
        cfg: Configuration, whose seed is that of the cells.
        data: Corpus and folds.
        learner: What learns.
        run: Folder of the run.
        folds: Which folds; None for all.
        say_it: Whether to say what a reader of figures on the corpus must know.

    Raises:
        FailedError: If some of several folds failed.
        FoldError: If a fold does not exist.
        LeakageError: If one leaks that must not; none is trained then.
    """
    learner.refuse(data)
    data.prepare_data()
    cells = [Cell(run, fold, cfg.seed) for fold in folds or range(data.num_folds)]
    for cell in cells:
        data.folds.regime.require(cell.fold, data.num_folds)
        data.folds.check_within(cell.fold)  # before any of them is trained
    if say_it:
        say_notes(data.folds)
    cfg.fold = cells[0].fold if len(cells) == 1 else "all"
    config: Any = OmegaConf.to_container(cfg, resolve=True)
    failures = attempt_all(cfg, Work(config, data, learner), cells)
    if done_cells(run):
        write_figures(cfg, data, run, picture=False)
    refuse_failures(failures)


def _numbers(name: str, given: int | Iterable[int]) -> list[int]:
    """Whole numbers of any kind, such as those of NumPy.

    Raises:
        ConfigError: If there is none, or one is no whole number.
    """
    try:
        found = [index(each) for each in (given if isinstance(given, Iterable) else [given])]
    except TypeError:
        found = []
    if not found:
        raise ConfigError(f"{name}={given!r} must be a whole number, or several; or leave it out.")
    return found


def _words(
    settings: Mapping[str, Any] | Sequence[str], given: Mapping[str, Any]
) -> tuple[str, ...]:
    """Words of a command line for what is given.

    Raises:
        ConfigError: If settings hold what is an argument.
    """
    if isinstance(settings, Mapping):
        settings = [word(key, value) for key, value in settings.items()]
    for each in settings:
        if (key := each.lstrip("+~").partition("=")[0]) in OWN:
            raise ConfigError(f"settings has {each}; pass {key} as an argument of its own instead.")
    return (*(word(key, value) for key, value in given.items() if value is not None), *settings)

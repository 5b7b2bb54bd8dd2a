"""``python -m ser.train``: cross-validate one network on one corpus.

Example: ``python -m ser.train model=cnn1d data=emodb cv=stratified``
"""

from __future__ import annotations

import logging
import warnings
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hydra.core.hydra_config import HydraConfig
from hydra.errors import InstantiationException
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf

from ser.errors import ConfigError, FailedError, SerError, mistake
from ser.runs.names import run_name
from ser.training.build import build_data, build_network, build_trainer
from ser.training.imports import import_training
from ser.training.processes import leads, refuse_devices_in_a_sweep

if TYPE_CHECKING:
    from ser.data import CorpusDataModule
    from ser.runs.cell import Cell


def main(cfg: DictConfig) -> float | None:
    """Train as the configuration says; a mistake in it ends with one clear sentence."""
    try:
        return train(cfg)
    except (SerError, InstantiationException) as error:
        reason = mistake(error)
        if reason is None or HydraConfig.get().mode is not RunMode.RUN:
            raise
        raise SystemExit(f"error: {reason}") from error


def train(cfg: DictConfig) -> float | None:
    """Train and test the folds asked for, skip the finished ones, and report the run.

    Returns:
        Pooled UAR over the validation sides of the run, for a sweeper to choose by; None where
        there are none.

    Raises:
        FailedError: If some of several folds failed; the others were trained all the same.
    """
    import_training()  # here, since --help should not wait for it
    from rich.console import Console  # noqa: PLC0415

    from ser.evaluation.figures import summarise  # noqa: PLC0415
    from ser.runs.cell import read_validation  # noqa: PLC0415
    from ser.runs.fingerprint import refuse_other_code  # noqa: PLC0415

    _quieten()
    refuse_other_code(cfg.code)
    hydra_config = HydraConfig.get()
    if hydra_config.mode is RunMode.MULTIRUN:
        refuse_devices_in_a_sweep(cfg.trainer)
    run = Path(cfg.output) / run_name(
        hydra_config.runtime.choices, hydra_config.overrides.task, cfg.name
    )
    data = build_data(cfg)
    failures = [attempt_fold(cfg, data, fold, run) for fold in folds_of(cfg, data)]
    if not leads(cfg.trainer):
        return None  # one process of several writes and reports
    if cfg.trainer.fast_dev_run:
        Console().print("fast_dev_run: one batch of each loop ran well; nothing was kept.")
        return None
    finish_run(cfg, data, run)
    if failed := [failure for failure in failures if failure]:
        raise FailedError(f"{len(failed)} of {len(failures)} folds failed: {'; '.join(failed)}.")
    judged = read_validation(run)
    return None if judged is None else summarise(judged)["pooled"]["uar"]


def finish_run(cfg: DictConfig, data: CorpusDataModule, run: Path) -> None:
    """Write and show the figures of a run, as far as its folds are finished.

    A job of one fold of a sweep shows and draws nothing: the sweep does, once for each run.
    """
    from filelock import FileLock  # noqa: PLC0415
    from rich.console import Console  # noqa: PLC0415

    from ser.report import report  # noqa: PLC0415
    from ser.runs.cell import cells_of  # noqa: PLC0415
    from ser.runs.files import write_text  # noqa: PLC0415

    if not cells_of(run):
        return
    title = cfg.title or run.relative_to(cfg.output).as_posix()
    last = cfg.fold == "all" or HydraConfig.get().mode is not RunMode.MULTIRUN
    with FileLock(run / ".lock"):  # whoever comes last reports all that is there
        write_text(run / "config.yaml", OmegaConf.to_yaml(cfg, resolve=True))
        table = report(run, title, notes_on(data), picture=last)
    if last:
        Console().print(table)
        _point_to(run)


def folds_of(cfg: DictConfig, data: CorpusDataModule) -> list[int]:
    """The folds that ``fold=`` asks for.

    Raises:
        ConfigError: If ``fold`` is neither ``all`` nor a number, or all folds are asked of
            several devices at once.
        FoldError: If the fold does not exist.
    """
    count = data.num_folds
    if cfg.fold == "all":
        if cfg.trainer.strategy != "auto":
            raise ConfigError(
                f"trainer.strategy={cfg.trainer.strategy} trains one fold on several devices and "
                f"cannot go through all {count} folds in one process; pass fold=0 … "
                f"fold={count - 1}."
            )
        return list(range(count))
    if cfg.fold == "each":
        raise ConfigError(
            "fold=each makes one job of each fold, which needs a sweep: pass -m, or fold=all to go "
            "through all folds in this process."
        )
    if not isinstance(cfg.fold, int):
        raise ConfigError(f"fold={cfg.fold} must be all, or a number from 0 to {count - 1}.")
    if not 0 <= cfg.fold < count:
        data.at_fold(cfg.fold).setup()  # says which folds there are
    return [cfg.fold]


def attempt_fold(cfg: DictConfig, data: CorpusDataModule, fold: int, run: Path) -> str:
    """Train one fold, and write down why if it fails, so that other folds go on.

    Returns:
        Why it failed, in one line; empty if it did not.

    Raises:
        Exception: Whatever ended it, if it is the only fold that was asked for.
    """
    from ser.runs.cell import Cell  # noqa: PLC0415
    from ser.runs.claim import ClaimedError  # noqa: PLC0415
    from ser.runs.layout import read_failure, write_failure  # noqa: PLC0415

    resolved: Any = OmegaConf.to_container(cfg, resolve=True)
    cell = Cell(run, fold, cfg.seed, resolved)
    if cfg.trainer.fast_dev_run or not leads(cfg.trainer):
        train_fold(cfg, data, cell)
        return ""
    cell.open()
    failure = read_failure(cell.folder)
    if failure and not cfg.retry and not cell.finished:
        return _told(cell, failure)
    try:
        train_claimed(cfg, data, cell)
    except ClaimedError as error:
        _say(str(error))
    except Exception as error:
        write_failure(cell.folder, error)
        if cfg.fold != "all":
            raise
        return _told(cell, f"{type(error).__name__}: {error}")
    return ""


def train_claimed(cfg: DictConfig, data: CorpusDataModule, cell: Cell) -> None:
    """Train one fold that no other process trains now.

    Raises:
        ClaimedError: If another process does.
    """
    from ser.runs.claim import claim  # noqa: PLC0415
    from ser.runs.layout import forget_failure  # noqa: PLC0415

    if cell.finished:
        return
    with claim(cell.folder):
        forget_failure(cell.folder)
        train_fold(cfg, data, cell)


def train_fold(cfg: DictConfig, data: CorpusDataModule, cell: Cell) -> None:
    """Train and test one fold, and before it the inner folds within it."""
    inner = [replace(cell, inner=number) for number in range(data.regime.inner)]
    for part in (*inner, cell):
        train_cell(cfg, data, part)


def train_cell(cfg: DictConfig, data: CorpusDataModule, cell: Cell) -> None:
    """Train and test one fold or inner fold, unless it is finished."""
    from ser.runs.files import write_json  # noqa: PLC0415
    from ser.training.device import compile_network  # noqa: PLC0415
    from ser.training.lightning import fit_and_test  # noqa: PLC0415

    if cell.finished and not cfg.trainer.fast_dev_run:
        return
    data.at_fold(cell.fold, cell.inner).setup()
    network = build_network(cell.config["model"], data, cell.seed)
    compile_network(network, cfg.trainer.compile)
    trainer = build_trainer(cfg, cell)
    if not cfg.trainer.fast_dev_run:
        write_json(cell.folder / "folds.json", data.fold_ids())
    fit_and_test(network, data, trainer, cell)


def notes_on(data: CorpusDataModule) -> list[str]:
    """What a reader must know to judge the figures."""
    regime, protocol = data.regime, data.protocol
    lines = data.leakage()
    shares = "speakers are" if any(" speakers " in line for line in lines) else "no speaker is"
    notes = [f"cv={regime.name}: {shares} on both sides of a fold; protocol={protocol.name}."]
    if data.shuffle_labels:
        notes.append("SHUFFLED LABELS: what is above chance has leaked.")
    if leaks := protocol.leaks(copies=bool(data.augment.copies)):
        notes.append(f"LEAKING PROTOCOL, the figures are too high: {leaks}.")
    told = (*regime.notes(data.utterances), *lines)
    return [*notes, *(f"{line[0].upper()}{line[1:]}." for line in told)]


def _point_to(run: Path) -> None:
    from rich.console import Console  # noqa: PLC0415

    checkpoint = next(iter(sorted(run.glob("fold-*/seed-*/model.ckpt"))))
    files = ("predictions.csv", "metrics.json", "confusion.png", "config.yaml")
    console = Console(soft_wrap=True, highlight=False)
    console.print(f"Written to {run}: {', '.join(files)}; per fold predictions, folds.json,")
    console.print("environment.json and model.ckpt. Try a network on a file of yours:")
    console.print(f"  python -m ser.predict 'checkpoint={checkpoint}' input=FILE.wav", markup=False)


def _told(cell: Cell, reason: str) -> str:
    """Say that a fold failed, and give it in one line."""
    line = f"fold {cell.fold}: {reason.splitlines()[0]}"
    _say(f"FAILED {cell.run} {line}; see {cell.folder / 'error.txt'}")
    return line


def _say(line: str) -> None:
    from rich.console import Console  # noqa: PLC0415

    Console(stderr=True).print(line, markup=False, highlight=False, soft_wrap=True)


def _quieten() -> None:
    import pytorch_lightning  # noqa: F401, PLC0415 - it sets its own log level when imported

    for name in ("pytorch_lightning", "lightning.pytorch", "lightning.fabric"):
        logging.getLogger(name).setLevel(logging.WARNING)
    for message in (
        r".*does not have many workers.*",  # features are gathered from memory, faster than workers
        r".*isinstance\(treespec, LeafSpec\).*",
        r".*Checkpoint directory .* exists and is not empty.*",  # a continued fold
        r".*The `srun` command is available.*",
        r".*smaller than the logging interval.*",
        r".*No `val_dataloader`.*|.*total length of `DataLoader` across ranks is zero.*",
    ):
        warnings.filterwarnings("ignore", message=message)

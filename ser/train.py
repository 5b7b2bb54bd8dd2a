"""``python -m ser.train``: cross-validate one network on one corpus.

Example: ``python -m ser.train model=cnn1d data=emodb cv=stratified``
"""

from __future__ import annotations

import logging
import warnings
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hydra
from hydra.core.hydra_config import HydraConfig
from hydra.errors import InstantiationException
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf

from ser.configuration import config_folder, run_name
from ser.errors import ConfigError, SerError, mistake

if TYPE_CHECKING:
    from ser.data import CorpusDataModule
    from ser.results import Cell


@hydra.main(version_base="1.3", config_path=config_folder(), config_name="train")
def main(cfg: DictConfig) -> None:
    """Train as the configuration says; a mistake in it ends with one clear sentence."""
    try:
        train(cfg)
    except (SerError, InstantiationException) as error:
        reason = mistake(error)
        if reason is None or HydraConfig.get().mode is not RunMode.RUN:
            raise
        raise SystemExit(f"error: {reason}") from error


def train(cfg: DictConfig) -> None:
    """Train and test the folds asked for, skip the finished ones, and report the run."""
    from pytorch_lightning.utilities import rank_zero_only  # noqa: PLC0415
    from rich.console import Console  # noqa: PLC0415 - --help should not wait for imports

    from ser.report import report  # noqa: PLC0415
    from ser.results import write_text  # noqa: PLC0415

    _quieten()
    hydra_config = HydraConfig.get()
    name = run_name(hydra_config.runtime.choices, hydra_config.overrides.task, cfg.name)
    run = Path(cfg.output) / name
    data = build_data(cfg)
    for fold in folds_of(cfg, data):
        train_fold(cfg, data, fold, run)
    if getattr(rank_zero_only, "rank", 0):
        return  # one process of several writes and reports
    if cfg.trainer.fast_dev_run:
        Console().print("fast_dev_run: one batch of each loop ran well; nothing was kept.")
        return
    write_text(run / "config.yaml", OmegaConf.to_yaml(cfg, resolve=True))
    Console().print(report(run, cfg.title or name.as_posix(), notes_on(data), cfg.published))
    _point_to(run)


def build_data(cfg: DictConfig) -> CorpusDataModule:
    """Build the datamodule, with the corpus listed and its features extracted."""
    from hydra.utils import instantiate  # noqa: PLC0415

    make = instantiate(cfg.data, _partial_=True)
    data: CorpusDataModule = make(
        front_end=instantiate(cfg.features),
        cv=instantiate(cfg.cv),
        protocol=instantiate(cfg.protocol),
        augment=instantiate(cfg.augment),
        seed=cfg.seed,
        shuffle_labels=cfg.shuffle_labels,
    )
    data.prepare_data()
    return data


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
    if not isinstance(cfg.fold, int):
        raise ConfigError(f"fold={cfg.fold} must be all, or a number from 0 to {count - 1}.")
    data.at_fold(cfg.fold).setup()
    return [cfg.fold]


def train_fold(cfg: DictConfig, data: CorpusDataModule, fold: int, run: Path) -> None:
    """Train and test one fold, unless it is finished; before it, the inner folds within it."""
    from ser.results import Cell  # noqa: PLC0415

    resolved: Any = OmegaConf.to_container(cfg, resolve=True)
    cell = Cell(run, fold, cfg.seed, resolved)
    if not cfg.trainer.fast_dev_run:
        cell.open()
    if not cell.finished:
        for inner in range(data.regime.inner):
            train_cell(cfg, data, replace(cell, inner=inner))
    train_cell(cfg, data, cell)


def train_cell(cfg: DictConfig, data: CorpusDataModule, cell: Cell) -> None:
    """Train and test one fold or inner fold, unless it is finished."""
    import torch  # noqa: PLC0415
    from hydra.utils import get_class  # noqa: PLC0415

    from ser.results import write_json  # noqa: PLC0415
    from ser.training import fit_and_test  # noqa: PLC0415

    if cell.finished and not cfg.trainer.fast_dev_run:
        return
    data.at_fold(cell.fold, cell.inner).setup()
    torch.manual_seed(cell.seed)
    arguments = {key: value for key, value in cell.config["model"].items() if key != "_target_"}
    kind: Any = get_class(cfg.model._target_)
    network = kind.for_data(data, **arguments)
    trainer = build_trainer(cfg, cell)
    if not cfg.trainer.fast_dev_run:
        write_json(cell.folder / "folds.json", data.fold_ids())
    fit_and_test(network, data, trainer, cell)


def build_trainer(cfg: DictConfig, cell: Cell) -> Any:
    """Build the Lightning trainer of one fold."""
    import torch  # noqa: PLC0415
    from hydra.utils import instantiate  # noqa: PLC0415

    from ser.precision import resolve_accelerator, resolve_precision  # noqa: PLC0415
    from ser.progress import FoldProgress  # noqa: PLC0415
    from ser.training import StepSeed, checkpointing  # noqa: PLC0415

    accelerator = resolve_accelerator(cfg.trainer.accelerator)
    if accelerator in ("cuda", "gpu"):
        torch.set_float32_matmul_precision("high")
    kept = not cfg.trainer.fast_dev_run
    logger = instantiate(cfg.logger, save_dir=str(cell.folder)) if kept and cfg.logger else False
    inner = "" if cell.inner is None else f", inner fold {cell.inner}"
    title = f"{cell.run.relative_to(cfg.output).as_posix()} fold {cell.fold}{inner}"
    callbacks = [StepSeed(cell.seed), FoldProgress(title)]
    if kept:
        callbacks += checkpointing(cell, cfg.protocol.validation, cfg.early_stopping)
    return instantiate(cfg.trainer, _partial_=True)(
        accelerator=accelerator,
        precision=resolve_precision(str(cfg.trainer.precision), accelerator),
        callbacks=callbacks,
        logger=logger,
        enable_checkpointing=kept,
        enable_progress_bar=False,
        enable_model_summary=False,
        num_sanity_val_steps=0,
        log_every_n_steps=1_000_000_000,  # figures are logged by the epoch
        default_root_dir=str(cell.folder),
    )


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


if __name__ == "__main__":
    main()

"""The job of ``python -m ser.train``: train the folds asked for, and report the run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hydra.core.hydra_config import HydraConfig
from hydra.errors import InstantiationException
from hydra.types import RunMode
from omegaconf import DictConfig
from omegaconf.errors import OmegaConfBaseException

from ser.data import CorpusDataModule
from ser.errors import FailedError, SerError, storage_error, storage_errors
from ser.evaluation.figures import summarise
from ser.runs.cell import Cell
from ser.runs.checked import read_validation
from ser.runs.fingerprint import refuse_other_code
from ser.runs.kept import is_marked
from ser.runs.layout import CONFIG
from ser.runs.legacy import refuse_legacy
from ser.runs.names import choices_of, run_name
from ser.runs.plan import Planned, write_plan
from ser.system.disk import try_writing
from ser.system.stopping import KEPT, StoppedError, ends_on_signals, leave_ctrl_c_to_the_parent
from ser.training.composing import refusal
from ser.training.demands import check_own, refuse_missing, refuse_no_fold, refuse_unknown
from ser.training.denormals import denormals_flushed
from ser.training.finishing import finish_run, run_title, write_configuration
from ser.training.messages import quieten, say, say_notes, show
from ser.training.processes import (
    claim_rank,
    is_first,
    refuse_all_folds,
    refuse_devices_in_a_sweep,
)
from ser.training.schedule import Schedule, scheduled
from ser.training.shared import forget_work, work_of
from ser.training.way import refuse_unjudged_trial
from ser.training.work import Work


def main(cfg: DictConfig) -> float | None:
    """Train as the configuration says; a mistake in it ends with one clear sentence."""
    try:
        leave_ctrl_c_to_the_parent()
        with ends_on_signals(KEPT):
            return train(cfg)
    except (SerError, InstantiationException, OmegaConfBaseException, OSError) as error:
        reason = storage_error(error) if isinstance(error, OSError) else refusal(error)
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
    quieten()
    _check(cfg)
    run, work = run_folder(cfg), work_of(cfg)
    data = work.data
    refuse_all_folds(cfg.fold, cfg.trainer)
    _try_output(cfg)
    data.prepare_data()
    cells = [Cell(run, fold, cfg.seed) for fold in folds_of(cfg, data)]
    _check_folds(data, cells)
    if is_first() and HydraConfig.get().mode is RunMode.RUN:
        say_notes(data.folds)
    _note(cfg, cells)
    failures = attempt_all(cfg, work, cells)
    if not is_first():
        return None  # one process of several writes and reports
    if cfg.trainer.fast_dev_run:
        show("fast_dev_run: one batch of each loop ran well; nothing was kept.")
        return None
    finish_run(cfg, data, run)
    if work.found == len(cells) and HydraConfig.get().mode is RunMode.RUN:
        say("Every fold that was asked for was finished before: nothing was trained.")
    refuse_failures(failures)
    judged = read_validation(run)
    return None if judged is None else summarise(judged)["pooled"]["uar"]


def _check(cfg: DictConfig) -> None:
    """Refuse what is wrong with a configuration by itself, and take this process's place."""
    refuse_missing(cfg)
    refuse_unknown(cfg)
    check_own(cfg)
    refuse_no_fold(cfg.fold)
    refuse_other_code(cfg.code)
    if HydraConfig.get().mode is RunMode.MULTIRUN:
        refuse_devices_in_a_sweep(cfg.trainer)
        refuse_unjudged_trial(cfg, HydraConfig.get().sweeper)
    else:
        forget_work()
    claim_rank(cfg.trainer)


def _keeps(cfg: DictConfig) -> bool:
    """Whether anything is kept, and by this process."""
    return is_first() and not cfg.trainer.fast_dev_run


def _try_output(cfg: DictConfig) -> None:
    """Refuse a disk that takes nothing, before hours of training for it."""
    if _keeps(cfg):
        with storage_errors(Path(cfg.output)):
            try_writing(Path(cfg.output))


def _check_folds(data: CorpusDataModule, cells: Sequence[Cell]) -> None:
    """Say what cannot be split, or leaks, before anything is extracted or written."""
    for cell in cells:
        data.folds.check_within(cell.fold)


@denormals_flushed()
def attempt_all(cfg: DictConfig, work: Work, cells: Sequence[Cell]) -> list[str]:
    """Train cells of a run, and give why each failed.

    Whoever stops that learns what there is by then, and leaves a run that can be repeated: its
    configuration lies beside the first fold.
    """
    run = cells[0].run
    try:
        work.prepare(cells)
        if _keeps(cfg) and not (run / CONFIG).exists():
            write_configuration(cfg, work.data, run)
        with scheduled(cells) as schedule:
            return [_attempt(work, cell, schedule, alone=len(cells) == 1) for cell in cells]
    except StoppedError:
        done = sum(is_marked(cell.folder) for cell in cells)
        say(f"{done} of {len(cells)} folds are finished in {run}.", error=True)
        raise


def refuse_failures(failures: Sequence[str]) -> None:
    """End with the reasons, if folds failed.

    Args:
        failures: Why each fold failed; empty where it did not.

    Raises:
        FailedError: If one did.
    """
    if failed := [failure for failure in failures if failure]:
        reasons = "; ".join(dict.fromkeys(failed)).rstrip(".")
        raise FailedError(f"{len(failed)} of {len(failures)} folds failed: {reasons}.")


def _attempt(work: Work, cell: Cell, schedule: Schedule, *, alone: bool) -> str:
    with schedule.training(cell):
        return work.attempt(cell, alone=alone)


def _note(cfg: DictConfig, cells: Sequence[Cell]) -> None:
    """Write down what this command asks for; a sweep did so for its jobs."""
    hydra = HydraConfig.get()
    if hydra.mode is not RunMode.MULTIRUN and _keeps(cfg):
        planned = [Planned(cell, run_title(cfg, cell.run)) for cell in cells]
        write_plan(Path(cfg.output), hydra.overrides.task, planned)


def run_folder(cfg: DictConfig) -> Path:
    """Folder of the run that a configuration asks for.

    Raises:
        RunError: If the run lies under the name that an earlier version gave it.
    """
    hydra = HydraConfig.get()
    choices = choices_of(hydra.runtime.choices, cfg.data)
    words = (choices, hydra.overrides.task, cfg.name)
    refuse_legacy(Path(cfg.output), *words)
    return Path(cfg.output) / run_name(*words)


def folds_of(cfg: DictConfig, data: CorpusDataModule) -> list[int]:
    """The folds that ``fold=`` asks for.

    Raises:
        FoldError: If the fold does not exist.
    """
    count = data.num_folds
    if cfg.fold == "all":
        return list(range(count))
    data.folds.regime.require(cfg.fold, count)
    return [cfg.fold]

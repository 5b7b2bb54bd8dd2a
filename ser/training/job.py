"""The job of ``python -m ser.train``: train the folds asked for, and report the run."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hydra.core.hydra_config import HydraConfig
from hydra.errors import InstantiationException
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from ser.corpora.cache import locked
from ser.data import CorpusDataModule
from ser.errors import FailedError, RunError, SerError, storage_error, storage_errors
from ser.evaluation.figures import summarise
from ser.inference.loading import load
from ser.models.registry import refuse_foreign
from ser.report import report
from ser.runs.cell import Cell
from ser.runs.checked import done_cells, read_facts, read_validation
from ser.runs.files import write_text
from ser.runs.fingerprint import refuse_other_code
from ser.runs.kept import is_marked
from ser.runs.layout import ALL_CELLS, CONFIG, LOCK, MODEL
from ser.runs.legacy import refuse_legacy
from ser.runs.names import choices_of, run_name
from ser.runs.plan import Planned, write_plan
from ser.system.disk import try_writing
from ser.system.rows import Rows
from ser.system.stopping import KEPT, StoppedError, ends_on_signals, leave_ctrl_c_to_the_parent
from ser.training.build import build_data, build_learner, forget_data
from ser.training.composing import refusal
from ser.training.demands import check_own, refuse_missing, refuse_no_fold, refuse_unknown
from ser.training.messages import (
    notes_on,
    notes_on_networks,
    quieten,
    say,
    say_notes,
    show,
    stamp_on,
)
from ser.training.processes import (
    claim_rank,
    is_first,
    refuse_all_folds,
    refuse_devices_in_a_sweep,
)
from ser.training.schedule import Schedule, scheduled
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
    refuse_missing(cfg)
    refuse_unknown(cfg)
    check_own(cfg)
    refuse_no_fold(cfg.fold)
    refuse_other_code(cfg.code)
    if HydraConfig.get().mode is RunMode.MULTIRUN:
        refuse_devices_in_a_sweep(cfg.trainer)
    else:
        forget_data()
    claim_rank(cfg.trainer)
    run, data = run_folder(cfg), build_data(cfg)
    learner = build_learner(cfg, data)
    learner.refuse(data)
    refuse_all_folds(cfg.fold, cfg.trainer)
    if is_first() and not cfg.trainer.fast_dev_run:
        with storage_errors(Path(cfg.output)):
            try_writing(Path(cfg.output))
    data.prepare_data()
    config: Any = OmegaConf.to_container(cfg, resolve=True)
    work = Work(config, data, learner)
    cells = [Cell(run, fold, cfg.seed) for fold in folds_of(cfg, data)]
    for cell in cells:
        # What cannot be split, or leaks, is said before anything is extracted or written.
        data.folds.check(data.folds.deal(cell.fold))
    if is_first() and HydraConfig.get().mode is RunMode.RUN:
        say_notes(data.folds)
    _note(cfg, cells)
    failures = attempt_all(work, cells)
    if not is_first():
        return None  # one process of several writes and reports
    if cfg.trainer.fast_dev_run:
        show("fast_dev_run: one batch of each loop ran well; nothing was kept.")
        return None
    finish_run(cfg, data, run)
    if work.found == len(cells) and HydraConfig.get().mode is RunMode.RUN:
        say("Every fold that was asked for was finished before: nothing was trained.")
    if failed := [failure for failure in failures if failure]:
        raise FailedError(f"{len(failed)} of {len(failures)} folds failed: {'; '.join(failed)}.")
    judged = read_validation(run)
    return None if judged is None else summarise(judged)["pooled"]["uar"]


def attempt_all(work: Work, cells: Sequence[Cell]) -> list[str]:
    """Train cells, and give why each failed; whoever stops that learns what there is by then."""
    try:
        with scheduled(cells) as schedule:
            return [_attempt(work, cell, schedule) for cell in cells]
    except StoppedError:
        done = sum(is_marked(cell.folder) for cell in cells)
        say(f"{done} of {len(cells)} folds are finished in {cells[0].run}.", error=True)
        raise


def _attempt(work: Work, cell: Cell, schedule: Schedule) -> str:
    with schedule.training(cell):
        return work.attempt(cell)


def _note(cfg: DictConfig, cells: Sequence[Cell]) -> None:
    """Write down what this command asks for; a sweep did so for its jobs."""
    hydra = HydraConfig.get()
    if hydra.mode is not RunMode.MULTIRUN and is_first() and not cfg.trainer.fast_dev_run:
        planned = [Planned(cell, _title(cfg, cell.run)) for cell in cells]
        write_plan(Path(cfg.output), hydra.overrides.task, planned)


def _title(cfg: DictConfig, run: Path) -> str:
    title: str = cfg.title or run.relative_to(cfg.output).as_posix()
    return title


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


def finish_run(cfg: DictConfig, data: CorpusDataModule, run: Path) -> None:
    """Write and show the figures of a run, over its finished folds.

    A job of one fold of a sweep shows and draws nothing: the sweep does, once for each run.
    """
    if not done_cells(run):
        return
    last = cfg.fold == "all" or HydraConfig.get().mode is not RunMode.MULTIRUN
    table = write_figures(cfg, data, run, picture=last)
    if last:
        show(table)
        _point_to(run)


def write_figures(cfg: DictConfig, data: CorpusDataModule, run: Path, *, picture: bool) -> Rows:
    """Write the configuration and the figures of a run, and give the table of its folds."""
    with locked(run / LOCK):  # whoever comes last reports everything
        write_text(
            run / CONFIG, stamp_on(data.folds).comment + OmegaConf.to_yaml(cfg, resolve=True)
        )
        facts = [read_facts(folder) for folder in done_cells(run)]
        notes = [*notes_on(data.folds), *notes_on_networks(facts)]
        return report(run, _title(cfg, run), notes, picture=picture)


def _point_to(run: Path) -> None:
    """Say where everything is, and how to use a model, if ``ser.predict`` can load it."""
    model = min(run.glob(f"{ALL_CELLS}/{MODEL}"), default=None)
    if model is None:
        say(f"Written to {run}: tables and figures. Its models were removed.")
        return
    say(f"Written to {run}: tables, figures and a model for each fold.")
    try:
        predictor = load(model)
        refuse_foreign(predictor.model)
    except RunError as error:
        say(f"ser.predict cannot load its models by itself: {error}")
    else:
        word = shlex.quote(f"checkpoint={model}")
        speaker = predictor.origin.transductive
        what, given = ("file", "FILE.wav") if not speaker else ("speaker", "FOLDER speaker=one")
        say(f"Try one on a {what}:\n  python -m ser.predict {word} input={given}")

"""Keep what a figure can be checked by, and no weights.

Of every run: its configuration, predictions and figures, and in one file what is known of its
cells. Checkpoints, logs and what the predictions hold already are left out.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
from omegaconf import OmegaConf

from reproduce.joining import Cells, answers_of, cells_before, cells_of, judge_anew
from ser.evaluation.stamps import declared
from ser.runs.chosen import candidates_of
from ser.runs.files import write_json, write_text
from ser.runs.kept import pack
from ser.runs.layout import (
    CONFIG,
    FIGURES,
    FOLDS,
    IDENTITY,
    KEPT,
    PREDICTIONS,
    ROBUSTNESS,
    SELECTION,
    VALIDATION,
)
from ser.runs.marker import digest, digests, read_identity
from ser.runs.predictions import to_csv
from ser.runs.reading import Run

COPIED = (IDENTITY, CONFIG, FIGURES, SELECTION, ROBUSTNESS)


def keep(runs: Path, results: Path, sides: bool = False) -> list[Path]:
    """Keep the evidence of every run below ``runs`` at the same place below ``results``.

    Candidates that a selected run was chosen from are left out; it says what they are called. Cells
    that were kept of the same configuration stay, unless the run has them too.

    Args:
        runs: Folder of run folders.
        results: Folder to keep them in.
        sides: Whether to keep too who was on which side of each fold.

    Returns:
        Folders of the runs that were kept.
    """
    reported = sorted(path.parent for path in runs.rglob(FIGURES))
    candidates = {place for folder in reported for place in candidates_of(folder)}
    folders = [folder for folder in reported if folder.resolve() not in candidates]
    for folder in folders:
        _keep(folder, results / folder.relative_to(runs), sides)
    return folders


def _keep(run: Path, target: Path, sides: bool) -> None:
    cells = cells_of(run)
    before = cells_before(run, target, cells)
    answers = answers_of(run, target) if before else None
    _copy(run, target)
    sides = sides or any(cell.sides is not None for cell in before.values())
    _write(target, dict(sorted({**before, **cells}.items())), sides)
    if before:
        judge_anew(target, answers)


def _copy(run: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for name in (*COPIED, VALIDATION, FOLDS):  # of a run that was kept here before
        (target / name).unlink(missing_ok=True)
    for name in (name for name in COPIED if (run / name).exists()):
        shutil.copyfile(run / name, target / name)
    if (target / CONFIG).exists():  # a selected run has none of its own
        _forget_places(target / CONFIG, declared(Run(run, read_identity(run))).comment)


def _write(target: Path, cells: Cells, sides: bool) -> None:
    """Write the tables of all cells, and last what makes them count."""
    write_text(target / PREDICTIONS, to_csv(pd.concat(c.predictions for c in cells.values())))
    validation = [c.validation for c in cells.values() if c.validation is not None]
    if len(validation) == len(cells):
        write_text(target / VALIDATION, to_csv(pd.concat(validation)))
    if sides:
        found = {name: cell.sides for name, cell in cells.items()}
        write_text(target / FOLDS, json.dumps(found) + "\n")
    facts = {name: cell.facts for name, cell in cells.items()}
    mark = digest(read_identity(target)), digests(target, (PREDICTIONS, VALIDATION, FOLDS))
    write_json(target / KEPT, pack(facts, *mark))


def _forget_places(config: Path, comment: str) -> None:
    """Take out where things lay on the machine that ran it, and say again what a reader must know.

    Args:
        config: File of the configuration.
        comment: Its head, which is lost where it is read.
    """
    cfg: Any = OmegaConf.load(config)
    cfg.output, cfg.data.root, cfg.data.cache = "runs", None, None
    write_text(config, comment + OmegaConf.to_yaml(cfg))

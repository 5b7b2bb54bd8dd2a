"""Keep what a figure can be checked by, and no weights.

Of every run: its configuration, predictions and figures, and in one file what is known of its
cells. Checkpoints, logs and what the predictions hold already are left out.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

from ser.errors import RunError
from ser.runs.facts import read_facts
from ser.runs.files import write_json, write_text
from ser.runs.kept import done_cells, pack
from ser.runs.layout import CONFIG, FIGURES, IDENTITY, KEPT, PREDICTIONS, SIDES, VALIDATION
from ser.runs.record import digest, marked_with, read_identity

COPIED = (IDENTITY, CONFIG, PREDICTIONS, FIGURES)


def keep(runs: Path, results: Path, sides: bool = False) -> list[Path]:
    """Keep the evidence of every run below ``runs`` at the same place below ``results``.

    Args:
        runs: Folder of run folders.
        results: Folder to keep them in.
        sides: Whether to keep too who was on which side of each fold.

    Returns:
        Folders of the runs that were kept.
    """
    folders = sorted(path.parent for path in runs.rglob(FIGURES))
    for folder in folders:
        _keep(folder, results / folder.relative_to(runs), sides)
    return folders


def _keep(run: Path, target: Path, sides: bool) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for name in COPIED:
        shutil.copyfile(run / name, target / name)
    _forget_places(target / CONFIG)
    cells = {cell.relative_to(run).as_posix(): cell for cell in done_cells(run)}
    facts = {name: read_facts(cell) for name, cell in cells.items()}
    write_json(target / KEPT, pack(facts, _mark(run, list(cells.values()))))
    if text := _joined([cell / VALIDATION for cell in cells.values()]):
        write_text(target / VALIDATION, text)
    if sides:
        texts = {name: (cell / SIDES).read_text("utf-8") for name, cell in cells.items()}
        found = {name: json.loads(text) for name, text in texts.items()}
        write_text(target / SIDES, json.dumps(found) + "\n")


def _mark(run: Path, cells: list[Path]) -> str:
    recorded = read_identity(run)
    foreign = [cell for cell in cells if not marked_with(cell, recorded)]
    if foreign:
        raise RunError(
            f"{run} mixes configurations, and one figure is of one; move the cells of the others "
            f"to a run folder of their own: {', '.join(map(str, foreign))}."
        )
    return digest(recorded)


def _joined(tables: list[Path]) -> str:
    """Text of some tables as one, line by line as they are."""
    texts = [table.read_text("utf-8").split("\n", 1) for table in tables if table.exists()]
    return "".join([f"{texts[0][0]}\n", *(body for _, body in texts)]) if texts else ""


def _forget_places(config: Path) -> None:
    """Take out where things lay on the machine that ran it."""
    cfg: Any = OmegaConf.load(config)
    cfg.output, cfg.data.root, cfg.data.cache = "runs", None, None
    config.write_text(OmegaConf.to_yaml(cfg))

"""Repeat a run from what its folder keeps, and compare versions, corpus and predictions."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from omegaconf import DictConfig, OmegaConf

from ser.data import CorpusDataModule
from ser.errors import ConfigError, RunError, SerError, likely
from ser.evaluation.repetition import Repetition, repetition
from ser.runs.accord import refuse_other_contents
from ser.runs.before import lacking
from ser.runs.cell import PLACE, Cell, cell_at
from ser.runs.checked import damaged_cells, done_cells, pool, read_facts
from ser.runs.chosen import candidates_of
from ser.runs.configuration import is_place
from ser.runs.facts import Environment
from ser.runs.layout import ALL_CELLS, CONFIG, IDENTITY
from ser.runs.marker import read_identity
from ser.runs.names import name_of
from ser.system.few import few
from ser.system.terminal import Terminal
from ser.training.build import build_data, build_learner, configuration_of, forget_data
from ser.training.composing import refusal
from ser.training.cross_validation import check_configuration, fill
from ser.training.demands import OWN
from ser.training.environment import environment
from ser.training.experiment import composed
from ser.training.messages import quieten, say
from ser.training.work import Work

EQUAL, DIFFERENT, ERROR = 0, 1, 2
CORPORA = "data.corpora"  # where several stand
COMPARED = ("platform", "processor", "threads", "git", "code")


def main(folder: Path, output: Path, changes: Mapping[str, str]) -> None:
    """Repeat a run, and end with the exit code that says whether it came out the same."""
    try:
        found = rerun(folder, output, changes)
    except Exception as error:
        reason = error if isinstance(error, SerError) else refusal(error)
        if reason is None:
            raise
        say(f"error: {reason}", error=True)
        sys.exit(ERROR)
    Terminal().say(str(found), style="bold")
    sys.exit(EQUAL if found.equal else DIFFERENT)


def rerun(folder: Path, output: Path, changes: Mapping[str, str]) -> Repetition:
    """Train the finished folds of a run anew, and compare what they predict.

    Args:
        folder: Folder of a run, or of one fold of it.
        output: Folder that the new run is made in.
        changes: Settings of what is elsewhere here, such as ``data.root``, and ``fold``.

    Raises:
        RunError: If there is no finished fold, the new run would lie where there is one, or other
            utterances are tested now.
        ConfigError: If the run cannot be built from its configuration, as one of objects.
    """
    quieten()
    cells = cells_of(folder, changes.get("fold"))
    old = cells[0].run
    cfg = configuration(old, output, changes)
    new = output / str(name_of(old, read_identity(old)))
    if new.exists():
        raise RunError(
            f"{new} exists, and a repetition begins anew; pass output=ANOTHER_FOLDER, or remove it."
        )
    for line in _differences(cells):
        say(line)
    for seed in dict.fromkeys(cell.seed for cell in cells):
        _train(cfg, seed, [cell.fold for cell in cells if cell.seed == seed], old, new)
    again = [Cell(new, cell.fold, cell.seed) for cell in cells]
    return repetition(*(pool(each[0].run, [c.folder for c in each]) for each in (cells, again)))


def cells_of(folder: Path, fold: str | None = None) -> list[Cell]:
    """Finished cells of a run, or the one that a folder is of.

    Raises:
        RunError: If there is none, all are asked for and some are damaged, or the run was not
            trained but selected.
        ConfigError: If the fold is no number.
    """
    place = "/".join(folder.parts[-2:])
    run = cell_at(folder).run if PLACE.fullmatch(place) else folder
    _refuse_no_run(folder, run)
    if candidates := candidates_of(run):
        raise RunError(
            f"{run} was not trained, but chosen fold by fold from other runs; repeat those: "
            f"{few([*map(str, candidates)])}."
        )
    cells = [cell_at(path) for path in done_cells(run)]
    if run != folder:
        cells = [cell for cell in cells if cell.folder == folder]
    if fold not in (None, "all"):
        if not str(fold).isdigit():
            raise ConfigError(f"fold={fold} must be all, or the number of a fold, counted from 0.")
        cells = [cell for cell in cells if cell.fold == int(str(fold))]
    faults = " ".join(damaged_cells(run))
    if not cells:
        raise RunError(f"no finished fold to repeat in {folder}. {faults}".strip())
    if faults and run == folder and fold in (None, "all"):
        raise RunError(f"{faults} Or pass fold=NUMBER, to repeat a fold that is whole.")
    return cells


def _refuse_no_run(folder: Path, run: Path) -> None:
    """Refuse what is no run at all; one that lacks a file is damaged, as others say."""
    if not folder.is_dir():
        what = "is a file" if folder.exists() else "does not exist"
    elif not (run / IDENTITY).exists() and not list(run.glob(ALL_CELLS)):
        what = "is no folder of a run"
    else:
        return
    raise RunError(
        f"{folder} {what}; name the folder of a run, as runs/emodb/cnn1d/speaker, or of one of its "
        "folds, as fold-00/seed-0 in it: python -m ser.status lists them."
    )


def configuration(run: Path, output: Path, changes: Mapping[str, str]) -> DictConfig:
    """The configuration that a run keeps; what an earlier version did not have is as it was then.

    Raises:
        RunError: If it is absent or damaged.
        ConfigError: If the value of a change cannot be read.
    """
    cfg, usual = configuration_of(run / CONFIG), composed([])
    groups: dict[Any, Any] = {key: usual[key] for key in OWN if key not in cfg}
    whole: Any = OmegaConf.merge({"trainer": usual.trainer, **groups}, cfg)
    plain: Any = OmegaConf.to_container(cfg)
    for key, before in lacking(plain).items():
        OmegaConf.update(whole, key, before, force_add=True)
    whole.output, whole.logger, whole.code = str(output), usual.logger, None
    for key, value in changes.items():
        _refuse_other_corpus(whole, key)
        OmegaConf.update(whole, key, _value(key, value), force_add=True)
    repeated: DictConfig = whole
    return repeated


def _refuse_other_corpus(cfg: DictConfig, key: str) -> None:
    """Refuse the place of a corpus that the run does not have.

    Raises:
        ConfigError: If there is no corpus of that name.
    """
    corpora = cfg.data.get("corpora") or {}
    if key.startswith(f"{CORPORA}."):
        name = key.removeprefix(f"{CORPORA}.").partition(".")[0]
        if name not in corpora:
            raise ConfigError(
                f"the run has no corpus {name} of several{likely(name, corpora)}; pass data.root "
                "for the only one, or the name of one of "
                f"{', '.join(map(str, corpora)) or 'its corpora'}."
            )


def _value(key: str, text: str) -> Any:
    if is_place(key) and text != "null":
        return text
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ConfigError(
            f"{key}={text} cannot be read; where the value is a text, put it in quotes of its own, "
            f"as {key}={shlex.quote(json.dumps(text, ensure_ascii=False))}."
        ) from error


def _train(cfg: DictConfig, seed: int, folds: Sequence[int], old: Path, new: Path) -> None:
    cfg.seed = seed
    check_configuration(cfg)
    forget_data()
    data = build_data(cfg)
    learner = build_learner(cfg, data)
    _say_other_contents(cfg, data, learner, old)
    fill(cfg, data, learner, new, folds)


def _say_other_contents(cfg: DictConfig, data: CorpusDataModule, learner: Any, old: Path) -> None:
    """Say what corpus, folds or foreign code there was; predictions decide whether it matters."""
    config: Any = OmegaConf.to_container(cfg, resolve=True)
    data.prepare_data()
    try:
        refuse_other_contents(old, read_identity(old), Work(config, data, learner).contents)
    except RunError as error:
        say(f"note: {str(error).partition('. Figures of the two')[0]}.")


def _differences(cells: Sequence[Cell]) -> Iterator[str]:
    """Say which versions and machines the run had, where they are others now."""
    now = environment()
    lines = (line for cell in cells for line in _other(read_facts(cell.folder), now))
    yield from dict.fromkeys(lines)


def _other(there: Environment, now: Environment) -> Iterator[str]:
    old, new = there.get("versions", {}), now["versions"]
    for name in dict.fromkeys([*old, *new]):
        if old.get(name) != new.get(name):
            yield f"note: {name} {old.get(name, 'unknown')} there, {new.get(name, 'unknown')} now"
    for key in COMPARED:
        if there.get(key) != now.get(key):
            yield f"note: {key} {there.get(key, 'unknown')} there, {now.get(key)} now"

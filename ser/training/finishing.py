"""What is written and shown once folds of a run are finished: figures, a table, the way on."""

from __future__ import annotations

from pathlib import Path

from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf

from ser.data import CorpusDataModule
from ser.errors import RunError
from ser.inference.loading import load
from ser.models.registry import refuse_foreign
from ser.report import report
from ser.runs.checked import done_cells, read_facts
from ser.runs.chosen import models_of
from ser.runs.files import write_text
from ser.runs.layout import CONFIG, LOCK
from ser.storage import locked
from ser.system.letters import quoted
from ser.system.rows import Rows
from ser.system.terminal import Terminal
from ser.training.messages import notes_on, notes_on_networks, say, show, stamp_on


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
        write_configuration(cfg, data, run)
        facts = [read_facts(folder) for folder in done_cells(run)]
        notes = [*notes_on(data.folds), *notes_on_networks(facts)]
        return report(run, run_title(cfg, run), notes, picture=picture)


def write_configuration(cfg: DictConfig, data: CorpusDataModule, run: Path) -> None:
    """Write the whole configuration of a run, with what its figures must not be read without."""
    text = stamp_on(data.folds).comment + OmegaConf.to_yaml(cfg, resolve=True)
    write_text(run / CONFIG, text, durable=False)  # as all figures, which can be made anew


def run_title(cfg: DictConfig, run: Path) -> str:
    """What heads the table and the picture of a run: ``title=``, or its name."""
    title: str = cfg.title or run.relative_to(cfg.output).as_posix()
    return title


def _point_to(run: Path) -> None:
    """Say where everything is, and how to use a model, if ``ser.predict`` can load it."""
    model = next(iter(models_of(run)), None)
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
        word = quoted(f"checkpoint={model}", Terminal().encoding)
        speaker = predictor.origin.transductive
        what, given = ("file", "FILE.wav") if not speaker else ("speaker", "FOLDER speaker=one")
        say(f"Try one on a {what}:\n  python -m ser.predict {word} input={given}")

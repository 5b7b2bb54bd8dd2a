"""Look at a corpus: what its files are, who said what how often, and who is near to whom.

Example: ``python -m ser.explore data=emodb``
"""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

from hydra.errors import InstantiationException
from omegaconf import DictConfig
from omegaconf.errors import OmegaConfBaseException
from rich.padding import Padding

from ser.errors import ConfigError, SerError, check_choice, storage_errors
from ser.explore.agreement import verdict
from ser.explore.look import Look
from ser.explore.page import page, sentences
from ser.explore.settings import Settings
from ser.runs.files import write_text
from ser.system.counted import counted
from ser.system.disk import try_writing
from ser.system.hints import hints
from ser.system.terminal import Terminal
from ser.training.build import BUILT, build_data
from ser.training.composing import refusal
from ser.training.demands import check_own, refuse_unknown

LEAST = 10  # utterances of a sample that says anything
OWN: dict[str, Any] = {**hints(Settings), "output": str | None, "shuffle_labels": bool}


def main(cfg: DictConfig) -> None:
    """Explore as the configuration says; a mistake in it ends with one sentence."""
    try:
        explore(cfg)
    except (SerError, InstantiationException, OmegaConfBaseException) as error:
        if reason := refusal(error):
            raise SystemExit(f"error: {reason}") from error
        raise


def explore(cfg: DictConfig) -> Path:
    """Write the page of a corpus, and print what a reader must know of it.

    Returns:
        Where the page is.

    Raises:
        ConfigError: If a setting is unknown or out of its range.
        CorpusError: If the corpus is absent or incomplete, or next to nothing can be heard.
    """
    refuse_unknown(cfg, OWN, BUILT)
    check_own(cfg, OWN)
    settings = Settings(**{field.name: cfg[field.name] for field in fields(Settings)})
    check_choice("map", settings.map, ("pca", "tsne"))
    if settings.sample is not None and settings.sample < LEAST:
        raise ConfigError(f"sample={settings.sample} must be {LEAST} or more, or null for all.")
    if cfg.shuffle_labels:
        raise ConfigError(
            "shuffle_labels=true permutes the emotions, and a page of a corpus shows those that it "
            "has; leave it out, or pass it to ser.train."
        )
    data = build_data(cfg).folds
    path = Path(cfg.output or f"explore-{data.corpus.name}.html")
    _refuse_unwritable(path)
    look = Look.at(data, settings)
    with storage_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text(path, page(look, settings))
    _print(look, settings, path)
    return path


def _refuse_unwritable(path: Path) -> None:
    """Refuse an output before it costs an hour; nothing is made there yet.

    Raises:
        ConfigError: If a folder lies there.
        StorageError: If there can be no file.
    """
    if path.is_dir():
        raise ConfigError(
            f"output={path} is a folder, and the page is one file; name that, as "
            f"output={path / 'explore.html'}."
        )
    with storage_errors(path):
        try_writing(path.parent)


def _print(look: Look, settings: Settings, path: Path) -> None:
    terminal = Terminal()
    terminal.print(f"{look.name}: {counted(len(look.utterances), 'utterance')}", style="bold")
    said = [*sentences(look, settings), verdict(look.space.speakers, look.space.emotions)]
    for line in said:
        terminal.print(Padding(line, (0, 0, 0, 2)))
    terminal.say(f"Written to {path}.")

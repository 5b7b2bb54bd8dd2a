"""The runs of a Hydra multirun, and one table of them all at its end."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hydra.experimental.callback import Callback
from omegaconf import DictConfig


@dataclass(frozen=True)
class PlannedRun:
    """A run that a sweep is to fill.

    Args:
        folder: Where its folds lie.
        title: What it is called in a table.
    """

    folder: Path
    title: str


class SweepTable(Callback):
    """Print a line for each run when a multirun ends."""

    def on_multirun_end(self, config: DictConfig, **kwargs: Any) -> None:
        """Recompute the figures of every run of the sweep from its predictions."""
        from rich.console import Console  # noqa: PLC0415 - --help should not wait for imports

        from ser.report import compare_runs  # noqa: PLC0415

        runs = {run.title: run.folder for run in planned_runs(config)}
        Console().print(compare_runs({**runs, **_selected(list(runs.values()))}))


def _selected(folders: list[Path]) -> dict[str, Path]:
    """Choose among runs with inner folds, if there are any."""
    from ser.selection import select  # noqa: PLC0415

    found = select(folder for folder in folders if (folder / "identity.json").exists())
    return {f"SELECTED within folds, of {len(folders)}": folder for folder in found}


def planned_runs(config: DictConfig) -> list[PlannedRun]:
    """List the runs of a sweep, each once, in the order of the command line.

    Args:
        config: Configuration of the multirun, with its ``hydra`` node.
    """
    from hydra.core.global_hydra import GlobalHydra  # noqa: PLC0415
    from hydra.types import RunMode  # noqa: PLC0415

    from ser.configuration import run_name  # noqa: PLC0415

    loader = GlobalHydra.instance().config_loader()
    runs = {}
    for words in _jobs(config):
        cfg = loader.load_configuration("train", words, RunMode.RUN)
        name = run_name(cfg.hydra.runtime.choices, cfg.hydra.overrides.task, cfg.name)
        folder = Path(cfg.output) / name
        runs[folder] = PlannedRun(folder, cfg.title or name.as_posix())
    return list(runs.values())


def _jobs(config: DictConfig) -> list[list[str]]:
    """Expand the sweep as Hydra's own sweeper does; cells of one run count once."""
    from hydra._internal.core_plugins.basic_sweeper import BasicSweeper  # noqa: PLC0415
    from hydra.core.override_parser.overrides_parser import OverridesParser  # noqa: PLC0415

    swept = [f"{key}={value}" for key, value in (config.hydra.sweeper.params or {}).items()]
    parsed = OverridesParser.create().parse_overrides([*swept, *config.hydra.overrides.task])
    whole = [o for o in parsed if o.key_or_group not in ("fold", "seed")]
    return BasicSweeper.split_arguments(whole, None)[0]

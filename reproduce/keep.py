"""Keep what a figure can be checked by, and no weights.

Copies predictions, figures, configuration, versions and seconds of every run; leaves out
checkpoints, logs and what the predictions hold already.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

KEPT = (
    "identity.json",
    "config.yaml",
    "predictions.csv",
    "metrics.json",
    "fold-*/seed-*/environment.json",
    "fold-*/seed-*/done",
    "fold-*/seed-*/validation.csv",
)


def keep(runs: Path, results: Path) -> list[Path]:
    """Copy the evidence of every run below ``runs`` to the same place below ``results``.

    Returns:
        Folders of the runs that were kept.
    """
    folders = sorted(path.parent for path in runs.rglob("metrics.json"))
    for folder in folders:
        target = results / folder.relative_to(runs)
        for path in (path for pattern in KEPT for path in folder.glob(pattern)):
            copy = target / path.relative_to(folder)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
        _forget_places(target / "config.yaml")
    return folders


def _forget_places(config: Path) -> None:
    """Take out where things lay on the machine that ran it."""
    if not config.exists():
        return
    cfg: Any = OmegaConf.load(config)
    cfg.output, cfg.data.root, cfg.data.cache = "runs", None, None
    config.write_text(OmegaConf.to_yaml(cfg))

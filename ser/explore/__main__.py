"""``python -m ser.explore``: look at a corpus on one page. The work is in ``ser.explore.job``.

Example: ``python -m ser.explore data=emodb``
"""

from __future__ import annotations

import hydra
from omegaconf import DictConfig

from ser.runs.configuration import config_folder
from ser.system.door import door
from ser.training.door import open_door


@hydra.main(version_base="1.3", config_path=config_folder(), config_name="explore")
def _explore(cfg: DictConfig) -> None:
    from ser.explore.job import main as job  # noqa: PLC0415 - --help should not wait for PyTorch

    job(cfg)


@door()
def main() -> None:
    """Explore as the configuration says; a mistake in it ends with one sentence."""
    open_door(_explore)


if __name__ == "__main__":
    main()

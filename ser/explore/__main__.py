"""``python -m ser.explore``: look at a corpus on one page. The work is in ``ser.explore.job``.

Example: ``python -m ser.explore data=emodb``
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ser.system.door import door

if TYPE_CHECKING:
    from omegaconf import DictConfig


def _explore(cfg: DictConfig) -> None:
    from ser.explore.job import main as job

    job(cfg)


@door()
def main() -> None:
    """Explore as the configuration says; a mistake in it ends with one sentence."""
    from ser.training.door import open_door

    open_door(_explore, "explore")


if __name__ == "__main__":
    main()

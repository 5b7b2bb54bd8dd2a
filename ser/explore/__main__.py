"""``python -m ser.explore``: look at a corpus on one page. The work is in ``ser.explore.job``.

Example: ``python -m ser.explore data=emodb``
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ser.system.door import door

if TYPE_CHECKING:
    from omegaconf import DictConfig


def _explore(cfg: DictConfig) -> None:
    from ser.explore.job import main as job

    job(cfg)


def _refuse_sweep(words: list[str]) -> None:
    """Refuse to write the pages of several corpora into one file, one over the other."""
    from ser.training.help import asks_for_help
    from ser.training.options import asks_for_sweep

    if asks_for_sweep(words) and not asks_for_help(words):
        raise SystemExit(
            "error: -m goes through several values, and ser.explore writes one page; call it once "
            "for each corpus, or join several on one page, as 'data=[emodb,synthetic]'."
        )


@door()
def main() -> None:
    """Explore as the configuration says; a mistake in it ends with one sentence."""
    from ser.training.door import open_door

    _refuse_sweep(sys.argv[1:])
    open_door(_explore, "explore")


if __name__ == "__main__":
    main()

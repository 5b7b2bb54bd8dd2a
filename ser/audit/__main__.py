"""``python -m ser.audit``: look at a corpus and its folds. The work is in ``ser.audit.job``.

Example: ``python -m ser.audit data=emodb cv=speaker``
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ser.system.door import door

if TYPE_CHECKING:
    from omegaconf import DictConfig


def _audit(cfg: DictConfig) -> None:
    from ser.audit.job import main as job

    job(cfg)


@door()
def main() -> None:
    """Audit as the configuration says; a mistake in it, or a leak, ends with one sentence."""
    from ser.training.door import open_door

    open_door(_audit, "audit")


if __name__ == "__main__":
    main()

"""``python -m ser.train``: cross-validate one model on one corpus. The work is in ``ser.training``.

Example: ``python -m ser.train model=cnn1d data=emodb cv=stratified``
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ser.system.door import door
from ser.system.stopping import KEPT
from ser.system.streams import print_any_letter

if TYPE_CHECKING:
    from omegaconf import DictConfig


def _train(cfg: DictConfig) -> float | None:
    print_any_letter()  # workers of a sweep begin here
    from ser.training.imports import import_job

    uar: float | None = import_job().main(cfg)
    return uar


@door(KEPT)
def main() -> None:
    """Train as the configuration says; a mistake in it ends with one clear sentence."""
    from ser.training.door import open_door

    open_door(_train, "train")


if __name__ == "__main__":
    main()

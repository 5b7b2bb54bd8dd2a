"""``python -m ser.train``: cross-validate one model on one corpus. The work is in ``ser.training``.

Example: ``python -m ser.train model=cnn1d data=emodb cv=stratified``
"""

from __future__ import annotations

import hydra
from omegaconf import DictConfig

from ser.runs.configuration import config_folder
from ser.system.door import door
from ser.system.stopping import KEPT
from ser.system.streams import print_any_letter
from ser.training.door import open_door


@hydra.main(version_base="1.3", config_path=config_folder(), config_name="train")
def _train(cfg: DictConfig) -> float | None:
    print_any_letter()  # workers of a sweep begin here
    from ser.training.imports import import_job  # noqa: PLC0415 - --help should not wait

    uar: float | None = import_job().main(cfg)
    return uar


@door(KEPT)
def main() -> None:
    """Train as the configuration says; a mistake in it ends with one clear sentence."""
    open_door(_train)


if __name__ == "__main__":
    main()

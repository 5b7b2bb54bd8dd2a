"""``python -m ser.audit``: look at a corpus and its folds. The work is in ``ser.audit.job``.

Example: ``python -m ser.audit data=emodb cv=speaker``
"""

from __future__ import annotations

import hydra
from omegaconf import DictConfig

from ser.runs.configuration import config_folder
from ser.system.door import door
from ser.training.door import open_door


@hydra.main(version_base="1.3", config_path=config_folder(), config_name="audit")
def _audit(cfg: DictConfig) -> None:
    from ser.audit.job import main as job  # noqa: PLC0415 - --help should not wait for PyTorch

    job(cfg)


@door()
def main() -> None:
    """Audit as the configuration says; a mistake in it, or a leak, ends with one sentence."""
    open_door(_audit, "audit")


if __name__ == "__main__":
    main()

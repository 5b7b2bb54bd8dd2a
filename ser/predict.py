"""``python -m ser.predict``: the emotion of an audio file. The work is in ``ser.inference``.

Example: ``python -m ser.predict checkpoint=runs/…/model.ckpt input=a.wav``
"""

from __future__ import annotations

import hydra
from omegaconf import DictConfig

from ser.runs.configuration import config_folder


@hydra.main(version_base="1.3", config_path=config_folder(), config_name="predict")
def main(cfg: DictConfig) -> None:
    """Predict as the configuration says; a mistake in it ends with one clear sentence."""
    from ser.inference.job import main as job  # noqa: PLC0415 - --help should not wait for PyTorch

    job(cfg.checkpoint, cfg.input)


if __name__ == "__main__":
    main()

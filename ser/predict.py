"""``python -m ser.predict``: the emotion of an audio file, by a trained network.

Example: ``python -m ser.predict checkpoint=runs/…/model.ckpt input=a.wav``
"""

from __future__ import annotations

import hydra
from omegaconf import DictConfig

from ser.configuration import config_folder
from ser.errors import SerError


@hydra.main(version_base="1.3", config_path=config_folder(), config_name="predict")
def main(cfg: DictConfig) -> None:
    """Print the emotion of a file and the probability of each."""
    from rich.console import Console  # noqa: PLC0415 - --help should not wait for imports

    from ser.data.audio import load as load_audio  # noqa: PLC0415
    from ser.inference import load  # noqa: PLC0415

    try:
        predictor = load(cfg.checkpoint)
        rate = predictor.front_end.sample_rate
        prediction = predictor(load_audio(cfg.input, rate), rate)
    except SerError as error:
        raise SystemExit(f"error: {error}") from error
    console = Console(highlight=False)
    console.print(prediction.emotion, style="bold")
    for emotion, probability in prediction.probabilities.items():
        console.print(f"  {emotion:<12} {probability:6.1%}")


if __name__ == "__main__":
    main()

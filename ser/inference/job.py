"""Print the emotion of an audio file, and the probability of each."""

from __future__ import annotations

from rich.console import Console

from ser.errors import SerError
from ser.features.audio import load as load_audio
from ser.inference.predictor import load


def main(checkpoint: str, path: str) -> None:
    """Predict one file.

    Args:
        checkpoint: Model file of a run.
        path: Audio file.

    Raises:
        SystemExit: If checkpoint or file cannot be used; says why in one sentence.
    """
    try:
        predictor = load(checkpoint)
        rate = predictor.front_end.sample_rate
        prediction = predictor(load_audio(path, rate), rate)
    except SerError as error:
        raise SystemExit(f"error: {error}") from error
    console = Console(highlight=False)
    console.print(prediction.emotion, style="bold")
    for emotion, probability in prediction.probabilities.items():
        console.print(f"  {emotion:<12} {probability:6.1%}")

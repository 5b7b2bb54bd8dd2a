"""Print the emotion of an audio file, and the probability of each."""

from __future__ import annotations

from rich.console import Console

from ser.errors import AudioError, SerError
from ser.features.audio import decode
from ser.inference.predictor import Prediction, Predictor, load


def main(checkpoint: str, path: str) -> None:
    """Predict one file, and say what is to be known of model and file.

    Args:
        checkpoint: Model file of a run.
        path: Audio file.

    Raises:
        SystemExit: If checkpoint or file cannot be used; says why in one sentence.
    """
    try:
        predictor = load(checkpoint)
        prediction = _predict(predictor, path)
    except SerError as error:
        raise SystemExit(f"error: {error}") from error
    console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
    console.print(prediction.emotion, style="bold")
    for emotion, probability in prediction.probabilities.items():
        console.print(f"  {emotion:<12} {probability:6.1%}")
    for note in prediction.notes:
        console.print(f"note: {note}")
    for alarm in predictor.alarms:
        console.print(f"warning: {alarm}")


def _predict(predictor: Predictor, path: str) -> Prediction:
    waveform, rate = decode(path)
    try:
        return predictor(waveform, rate)
    except AudioError as error:
        raise AudioError(f"{path}: {error}") from error

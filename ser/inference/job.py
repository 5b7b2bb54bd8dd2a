"""Print the emotion of an audio file, and the probability of each."""

from __future__ import annotations

from pathlib import Path

from ser.errors import AudioError, SerError
from ser.features.audio import decode
from ser.inference.loading import load
from ser.inference.predictor import Prediction, Predictor
from ser.system.terminal import Terminal


def main(checkpoint: str, path: str, speaker: str | None = None) -> None:
    """Predict one file, or those of one speaker, and say what is to be known of model and file.

    Args:
        checkpoint: Model file of a run.
        path: Audio file, or folder of those of a speaker.
        speaker: ``"one"`` for such a folder.

    Raises:
        SystemExit: If checkpoint or file cannot be used; says why in one sentence.
    """
    try:
        predictor = load(checkpoint)
        answers = _of_speaker(predictor, path) if speaker else {"": _predict(predictor, path)}
    except SerError as error:
        raise SystemExit(f"error: {error}") from error
    terminal = Terminal()
    for name, prediction in answers.items():
        terminal.say(f"{name}: {prediction.emotion}" if name else prediction.emotion, style="bold")
        for emotion, probability in prediction.probabilities.items():
            terminal.say(f"  {emotion:<12} {probability:6.1%}")
        for note in prediction.notes:
            terminal.say(f"note: {note}")
    for alarm in predictor.alarms:
        terminal.say(f"warning: {alarm}")


def _of_speaker(predictor: Predictor, folder: str) -> dict[str, Prediction]:
    """Predict every file in a folder; what a system hides there is no file of a speaker."""
    place = Path(folder)
    if not place.is_dir():
        raise AudioError(
            f"{folder} is not a folder; with speaker=one, pass the folder of one speaker's files."
        )
    names = [path for path in sorted(place.iterdir()) if path.is_file() and path.name[0] != "."]
    answers = predictor.of_speaker([decode(path) for path in names], [*map(str, names)])
    return {path.name: answer for path, answer in zip(names, answers, strict=True)}


def _predict(predictor: Predictor, path: str) -> Prediction:
    waveform, rate = decode(path)
    try:
        return predictor(waveform, rate)
    except AudioError as error:
        raise AudioError(f"{path}: {error}") from error

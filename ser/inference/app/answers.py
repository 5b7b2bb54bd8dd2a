"""What the page shows of a sound: its waveform, its spectrogram, and what each model says of it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool1d

from ser.errors import AudioError, SerError
from ser.features import LogMel
from ser.features.audio import decode, duration_of, to_mono
from ser.inference.answers import Answer
from ser.inference.predictor import Predictor
from ser.inference.timeline import Timeline

LONGEST = 120.0  # s
WINDOW, HOP = 2.0, 0.5  # s
COLUMNS = 600  # of the waveform
RATE, MOST_FRAMES, DEEPEST = 16_000, 400, 80.0  # of the spectrogram: Hz, columns, dB


class TooLongError(AudioError):
    """A sound lasts longer than the page takes."""


def answer(models: Mapping[str, Predictor], sound: bytes) -> dict[str, Any]:
    """Judge a sound by each model.

    Args:
        models: The models by their names on the page.
        sound: Bytes of an audio file; they lie on the disk while they are decoded, and not after.

    Returns:
        What the page draws, ready for JSON.

    Raises:
        AudioError: If it is no audio, or lasts too long.
    """
    waveform, rate = _decoded(sound)
    mono = to_mono(waveform, rate, rate)
    return {
        "duration": waveform.shape[1] / rate,
        "rate": rate,
        "waveform": _envelope(mono),
        "spectrogram": _spectrogram(to_mono(mono, rate, RATE)),
        "models": [_judged(name, model, waveform, rate) for name, model in models.items()],
    }


def _decoded(sound: bytes) -> tuple[Tensor, int]:
    with TemporaryDirectory(prefix="ser-app-") as folder:
        path = Path(folder) / "sound"
        path.write_bytes(sound)
        try:
            seconds = duration_of(path)
            if seconds and seconds > LONGEST:
                raise _too_long(seconds)
            waveform, rate = decode(path, 0.0, None)
        except TooLongError:
            raise
        except AudioError as error:
            raise AudioError(str(error).replace(str(path), "the sound")) from error
    if waveform.shape[1] > LONGEST * rate:
        raise _too_long(waveform.shape[1] / rate)
    return waveform, rate


def _too_long(seconds: float) -> TooLongError:
    return TooLongError(
        f"the sound lasts {seconds:.0f} s, and this page takes {LONGEST:.0f} s; cut it, or use "
        "ser.predict."
    )


def _judged(name: str, model: Predictor, waveform: Tensor, rate: int) -> dict[str, Any]:
    shown = {"name": name, "labels": list(model.labels), "alarms": list(model.alarms)}
    try:
        found = model(waveform, rate)
        answers = Timeline(model, WINDOW, HOP)(waveform, rate)
    except SerError as error:
        return {**shown, "error": str(error)}
    return {
        **shown,
        "emotion": found.emotion,
        "probabilities": [found.probabilities[label] for label in model.labels],
        "notes": list(found.notes),
        "moments": [_moment(answer, model.labels) for answer in answers],
    }


def _moment(answer: Answer, labels: Sequence[str]) -> dict[str, Any]:
    """Probabilities of a window in the order of the labels; None where nothing is heard."""
    heard = [answer.probabilities[label] for label in labels] if answer.probabilities else None
    return {"start": answer.start, "end": answer.end, "probabilities": heard}


def _envelope(mono: Tensor) -> list[list[float]]:
    """Lowest and highest sample of each column."""
    parts = torch.tensor_split(mono, min(COLUMNS, len(mono)))
    return [[round(float(end), 4) for end in torch.aminmax(part)] for part in parts]


def _spectrogram(mono: Tensor) -> dict[str, Any]:
    """Mel levels as bytes, band after band from the lowest: 255 is the loudest, 0 is 80 dB less."""
    level = LogMel(RATE, bandwidth=1.0, top_db=DEEPEST, trim=None, level=None)(mono[None])[0]
    level = adaptive_avg_pool1d(level, min(MOST_FRAMES, level.shape[1]))
    shades = ((level - level.max()) / DEEPEST + 1).clamp(0, 1) * 255
    content = shades.round().to(torch.uint8).contiguous().numpy().tobytes()
    return {
        "bands": level.shape[0],
        "frames": level.shape[1],
        "data": b64encode(content).decode(),
    }

"""Audio files: valid ones of every container with changes in their headers, and anything."""

from __future__ import annotations

import io
from functools import partial
from pathlib import Path

import numpy as np
import soundfile

from fuzz.mutations import nearly
from fuzz.target import Target
from ser.features.audio import load

RATE = 8000
NOISE = 0.1 * np.random.default_rng(0).standard_normal(RATE // 8)


def encoded() -> list[bytes]:
    """A short file of every container and coding that libsndfile writes."""
    found = []
    for container in soundfile.available_formats():
        for subtype in soundfile.available_subtypes(container):
            file = io.BytesIO()
            if container == "SD2" or not _written(file, container, subtype):
                continue  # SD2 lies in two files
            found.append(file.getvalue())
    return found


def _written(file: io.BytesIO, container: str, subtype: str) -> bool:
    try:
        soundfile.write(file, NOISE, RATE, subtype, format=container)
    except (soundfile.SoundFileError, ValueError):  # listed, and not to be written
        return False
    return True


def decode(folder: Path, content: bytes, suffix: str) -> None:
    """Read a file as training and prediction do."""
    path = folder / f"a.{suffix}"
    path.write_bytes(content)
    load(path, 16_000)


TARGETS = (Target("audio files", nearly(encoded()), partial(decode, suffix="wav")),)

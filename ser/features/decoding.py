"""From a file to samples: whatever libsndfile reads, whole or an error that says what is wrong."""

from __future__ import annotations

import io
import math
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np
import soundfile
from numpy.typing import NDArray

from ser.errors import AudioError
from ser.features.containers import Corrections, CutError, inspect

RATES = range(2_000, 768_001)  # Hz; a header with any other is damaged, or not of sound
BLOCK = 2**20  # samples at once: what a header promises is not allocated unseen
UNCOUNTED = 2**62  # frames; libsndfile gives more where it does not know
UNSEEKING = {"DWVW_12", "DWVW_16", "DWVW_24"}  # libsndfile says that it can seek in these
HEAD = 64
# What lies under the name of an audio file without being one, by its first bytes.
STRANGERS = {
    b"version https://git-lfs.github.com/": "a pointer of git-lfs; fetch the audio: git lfs pull",
    b"/annex/objects/": "a pointer of git-annex; fetch the audio: git annex get",
    b"\0\x05\x16\x07": "a file of macOS about another file; remove it",
    b"<!DOCTYPE": "a web page; the download went wrong, get it again",
    b"<html": "a web page; the download went wrong, get it again",
    b"PK\x03\x04": "a zip archive; unpack it",
    b"\x1f\x8b": "a gzip archive; unpack it",
    b"\x1aE\xdf\xa3": "WebM or Matroska; convert it to WAV, for example with ffmpeg",
}


def decode(path: Path, start: float, end: float | None) -> tuple[NDArray[np.float32], int]:
    """Decode a stretch of a file.

    Args:
        path: Audio file.
        start: Where to begin, in seconds.
        end: Where to stop, in seconds; None for the end of the file.

    Returns:
        Samples of shape ``(time, channels)``, and their rate in Hz.

    Raises:
        AudioError: If the file is missing or not audio, or sound is missing from it.
    """
    with _opened(path) as file:
        return _stretch(file, path, start, end), file.samplerate


def rate_of(path: Path) -> int:
    """Read the rate of a file from its header, in Hz.

    Raises:
        AudioError: If the file is missing or not audio.
    """
    with _opened(path) as file:
        rate: int = file.samplerate
    return rate


def duration_of(path: Path) -> float | None:
    """Read from its header how long a file lasts, in seconds; None where it does not know.

    Raises:
        AudioError: If the file is missing or not audio.
    """
    with _opened(path) as file:
        return file.frames / file.samplerate if file.frames < UNCOUNTED else None


@contextmanager
def _opened(path: Path) -> Iterator[soundfile.SoundFile]:
    try:
        with soundfile.SoundFile(_source(path)) as file:
            _check_rate(path, file.samplerate)
            yield file
    except OSError as error:
        raise AudioError(
            f"{path} cannot be read ({error.strerror}); check the disk and who may read the file."
        ) from error
    except TypeError as error:  # for soundfile, a lack of arguments
        raise AudioError(f"{path} has no header that gives its rate; convert it to WAV.") from error
    except (soundfile.SoundFileError, RuntimeError) as error:
        reason = getattr(error, "error_string", error)  # without the path, which is named already
        raise AudioError(f"{path} cannot be decoded ({reason}) Is it an audio file?") from error


def _source(path: Path) -> str | bytes | BinaryIO:
    """What libsndfile opens: the file, or a copy of it whose header knows its length."""
    size = _size(path)
    with path.open("rb") as file:
        _check_content(path, file.read(HEAD), size)
        try:
            corrections = inspect(file, size)
        except CutError as cut:
            raise AudioError(f"{path} is truncated: {cut}. Get it again.") from cut
        if corrections:
            return _corrected(file, corrections)
        return os.fsencode(path) if os.name == "posix" else str(path)  # any bytes are a name there


def _size(path: Path) -> int:
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        raise AudioError(f"{path} does not exist; check the corpus root.") from error
    if stat.S_ISDIR(status.st_mode):
        raise AudioError(f"{path} is a folder; name an audio file.")
    if not stat.S_ISREG(status.st_mode):  # reading a pipe would wait for whoever writes to it
        raise AudioError(f"{path} is a pipe or device; write its sound to a file first.")
    return status.st_size


def _check_content(path: Path, head: bytes, size: int) -> None:
    if size == 0:
        raise AudioError(f"{path} is empty; get it again.")
    for begin, what in STRANGERS.items():
        if head.startswith(begin):
            raise AudioError(f"{path} is not audio but {what}.")
    if head[4:8] == b"ftyp":
        raise AudioError(f"{path} is MP4, which libsndfile does not read; convert it to WAV.")


def _corrected(file: BinaryIO, corrections: Corrections) -> BinaryIO:
    file.seek(0)
    content = bytearray(file.read())
    for begin, end, value in corrections:
        content[begin:end] = value
    return io.BytesIO(content)


def _check_rate(path: Path, rate: int) -> None:
    if rate not in RATES:
        raise AudioError(
            f"{path} has {rate} samples a second by its header, and sound has {RATES[0]} to "
            f"{RATES[-1]}; write it again with its true rate."
        )


def _stretch(
    file: soundfile.SoundFile, path: Path, start: float, end: float | None
) -> NDArray[np.float32]:
    counted = file.frames < UNCOUNTED
    first = _frame(start, file.samplerate, UNCOUNTED)
    last = min(file.frames, _frame(math.inf if end is None else end, file.samplerate, 0))
    skipped = 0
    if counted and file.seekable() and file.subtype not in UNSEEKING and 0 < first < last:
        skipped = file.seek(first)
    try:
        samples = _read(file, max(last - skipped, 0))[first - skipped :]
    except soundfile.SoundFileError as error:
        raise AudioError(f"{path} is truncated or damaged: {error} Get it again.") from error
    if not len(samples) and (first >= last or not counted):
        until = "its end" if end is None else f"{end} s"
        raise AudioError(f"{path} holds no samples between {start} s and {until}.")
    if counted and len(samples) < last - first:
        raise AudioError(
            f"{path} is truncated: {len(samples)} of {last - first} samples could be read. "
            "Get it again."
        )
    return samples


def _frame(seconds: float, rate: int, otherwise: int) -> int:
    """Frame nearest to a time, or another for what is no time."""
    return round(min(seconds * rate, UNCOUNTED)) if seconds >= 0 else otherwise


def _read(file: soundfile.SoundFile, frames: int) -> NDArray[np.float32]:
    """Samples, ``(time, channels)``, as many as there are."""
    file.seekable = lambda: False  # else it seeks after each read, which not every format can
    most = max(BLOCK // file.channels, 1)
    blocks = [_block(file, min(frames, most))]
    while len(blocks[-1]) == most and frames > most * len(blocks):
        blocks.append(_block(file, min(frames - most * len(blocks), most)))
    return blocks[0] if len(blocks) == 1 else np.concatenate(blocks)


def _block(file: soundfile.SoundFile, frames: int) -> NDArray[np.float32]:
    """Samples; those of 16 bits become the same numbers here, but faster."""
    short = file.subtype == "PCM_16"
    samples = file.read(frames, dtype="int16" if short else "float32", always_2d=True)
    found: NDArray[np.float32] = samples * np.float32(2**-15) if short else samples
    return found

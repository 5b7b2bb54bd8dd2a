"""From a file to samples: whatever libsndfile reads, whole or an error that says what is wrong."""

from __future__ import annotations

import io
import math
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import soundfile
from numpy.typing import NDArray

from ser.errors import AudioError
from ser.features.containers import Corrections, CutError, PartError, inspect
from ser.features.strangers import CONVERT, HEAD, stranger

RATES = range(2_000, 768_001)  # Hz; a header with any other is damaged, or not of sound
BLOCK = 2**20  # samples at once: what a header promises is not allocated unseen
UNCOUNTED = 2**62  # frames; libsndfile gives more where it does not know
UNSEEKING = {"DWVW_12", "DWVW_16", "DWVW_24"}  # libsndfile says that it can seek in these
MOST = 2**29  # samples of all channels that are held at once: 2 GB
# Layers of MPEG whose frames nobody counted: libsndfile takes the first for all of them.
ESTIMATED = re.compile(r"MPEG_LAYER_I+")


def decode(
    path: Path, start: float, end: float | None, longest: float = math.inf
) -> tuple[NDArray[np.float32], int]:
    """Decode a stretch of a file.

    Args:
        path: Audio file.
        start: Where to begin, in seconds.
        end: Where to stop, in seconds; None for the end of the file.
        longest: What the stretch may last, in seconds.

    Returns:
        Samples of shape ``(time, channels)``, and their rate in Hz.

    Raises:
        AudioError: If the file is missing or not audio, or sound is missing from it.
    """
    with _opened(path) as file:
        return _stretch(file, path, start, end, longest), file.samplerate


@dataclass(frozen=True)
class Form:
    """How a file holds its samples.

    Args:
        rate: Samples a second of each channel, in Hz.
        channels: How many channels it has.
        subtype: What libsndfile calls its samples, such as ``"PCM_16"``.
    """

    rate: int
    channels: int
    subtype: str

    def __str__(self) -> str:
        channels = "one channel" if self.channels == 1 else f"{self.channels} channels"
        return f"{self.rate} Hz, {channels}, {self.subtype}"


def form_of(path: Path) -> Form:
    """Read from its header how a file holds its samples.

    Raises:
        AudioError: If the file is missing or not audio.
    """
    with _opened(path) as file:
        return Form(file.samplerate, file.channels, file.subtype)


def duration_of(path: Path) -> float | None:
    """Read from its header how long a file lasts, in seconds; None where it does not know.

    Raises:
        AudioError: If the file is missing or not audio.
    """
    with _opened(path) as file:
        return file.frames / file.samplerate if _is_counted(file) else None


def shape_of(path: Path) -> tuple[int, int, int] | None:
    """Read from its header the rate of a file in Hz, its channels, and its samples in each.

    Returns:
        The three numbers; None where the header does not know how long the file is.

    Raises:
        AudioError: If the file is missing or not audio.
    """
    with _opened(path) as file:
        return (file.samplerate, file.channels, file.frames) if _is_counted(file) else None


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
        raise AudioError(f"{path} has no header that gives its rate; {CONVERT}.") from error
    except (soundfile.SoundFileError, RuntimeError) as error:
        reason = str(getattr(error, "error_string", error)).rstrip(".")  # without the path
        raise AudioError(
            f"{path} cannot be decoded ({reason}). If a player plays it, {CONVERT}; if none does, "
            "get it again."
        ) from error


def _source(path: Path) -> str | bytes | BinaryIO:
    """What libsndfile opens: the file, or a copy of it whose header knows its length."""
    size = _size(path)
    with path.open("rb") as file:
        _check_content(path, file.read(HEAD), size)
        try:
            corrections = inspect(file, size)
        except CutError as cut:
            raise AudioError(f"{path} is truncated: {cut}. Get it again.") from cut
        except PartError as part:
            raise AudioError(f"{path} {part}; {CONVERT}.") from part
        if corrections and size > MOST:
            raise AudioError(
                f"{path} has {size / 2**30:.1f} GB, and a header that does not say how much of "
                f"them is sound; {CONVERT}."
            )
        if corrections:
            return _corrected(file, corrections)
        return os.fsencode(path) if os.name == "posix" else str(path)  # any bytes are a name there


def _size(path: Path) -> int:
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        raise AudioError(
            f"{path} does not exist; correct the path, or put the file there."
        ) from error
    if stat.S_ISDIR(status.st_mode):
        raise AudioError(f"{path} is a folder; name an audio file.")
    if not stat.S_ISREG(status.st_mode):  # reading a pipe would wait for whoever writes to it
        raise AudioError(f"{path} is a pipe or device; write its sound to a file first.")
    return status.st_size


def _check_content(path: Path, head: bytes, size: int) -> None:
    if size == 0:
        raise AudioError(f"{path} is empty; get it again.")
    if what := stranger(head):
        raise AudioError(f"{path} {what}.")


def _corrected(file: BinaryIO, corrections: Corrections) -> BinaryIO:
    file.seek(0)
    content = bytearray(file.read())
    for begin, end, value in sorted(corrections, reverse=True):  # some move all behind them
        content[begin:end] = value
    return io.BytesIO(content)


def _check_rate(path: Path, rate: int) -> None:
    if rate not in RATES:
        raise AudioError(
            f"{path} has {rate} samples a second by its header, and sound has {RATES[0]} to "
            f"{RATES[-1]}; write it again with its true rate."
        )


def _stretch(
    file: soundfile.SoundFile, path: Path, start: float, end: float | None, longest: float
) -> NDArray[np.float32]:
    counted, most = _is_counted(file), _most(file, longest)
    first = _frame(start, file.samplerate, UNCOUNTED)
    last = min(
        file.frames if counted else UNCOUNTED,
        _frame(math.inf if end is None else end, file.samplerate, 0),
    )
    if counted:
        _refuse_longer(path, last - first, file, most)
    skipped = 0
    if counted and file.seekable() and file.subtype not in UNSEEKING and 0 < first < last:
        skipped = file.seek(first)
    try:
        samples = _read(file, min(max(last - skipped, 0), first - skipped + most + 1))
    except soundfile.SoundFileError as error:
        raise AudioError(f"{path} is truncated or damaged: {error} Get it again.") from error
    samples = samples[first - skipped :]
    _refuse_longer(path, len(samples), file, most)
    if not len(samples) and (first >= last or not counted):
        until = "its end" if end is None else f"{end} s"
        raise AudioError(f"{path} holds no samples between {start} s and {until}.")
    if counted and len(samples) < last - first:
        raise AudioError(
            f"{path} is truncated: {len(samples)} of {last - first} samples could be read. "
            "Get it again."
        )
    return samples


def _is_counted(file: soundfile.SoundFile) -> bool:
    """Whether the number of frames is that of the file, and not of libsndfile."""
    if file.format == "MP3" and file.subtype == "MPEG_LAYER_III":
        return True  # ``ser.features.containers.mpeg`` adds the number where it is missing
    return file.frames < UNCOUNTED and not ESTIMATED.fullmatch(file.subtype)


def _most(file: soundfile.SoundFile, longest: float) -> int:
    """Frames that may be held at once."""
    held: int = MOST // file.channels
    return min(held, _frame(longest, file.samplerate, 0))


def _refuse_longer(path: Path, frames: int, file: soundfile.SoundFile, most: int) -> None:
    if frames > most:
        raise AudioError(
            f"{path} lasts more than {most / file.samplerate / 3600:.1f} hours by its header or "
            "its content; cut it into utterances of some seconds, or list their start and end in a "
            "table (data=table)."
        )


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


def blocks(path: Path, seconds: float) -> Iterator[NDArray[np.float32]]:
    """Decode a file of any length block by block, ``(time, channels)``.

    Args:
        path: Audio file.
        seconds: Seconds of a block.

    Raises:
        AudioError: If the file is missing or not audio, or sound is missing from it.
    """
    with _opened(path) as file:
        expected, found = file.frames if _is_counted(file) else 0, 0
        file.seekable = lambda: False  # else it seeks after each read, which not every format can
        try:
            while len(block := _block(file, max(round(seconds * file.samplerate), 1))):
                found += len(block)
                yield block
        except soundfile.SoundFileError as error:
            raise AudioError(f"{path} is truncated or damaged: {error} Get it again.") from error
        if not expected + found:
            raise AudioError(f"{path} holds no samples.")
        if found < max(expected, 1):
            raise AudioError(
                f"{path} is truncated: {found} of {expected} samples could be read. Get it again."
            )

"""What a microphone hears, block by block."""

from __future__ import annotations

from collections.abc import Iterator
from queue import SimpleQueue
from typing import Any

from numpy.typing import NDArray

from ser.errors import AudioError, ConfigError

BLOCK = 0.25  # seconds


def microphone(seconds: float | None = None) -> tuple[Iterator[NDArray[Any]], int]:
    """Open the microphone that the system has chosen.

    Args:
        seconds: How long to listen; None listens until the process is stopped.

    Returns:
        Blocks of samples as they come, each ``(time,)``, and their rate in Hz.

    Raises:
        ConfigError: If ``sounddevice`` is not installed.
        AudioError: If there is no microphone, or it cannot be opened.
    """
    try:
        import sounddevice
    except (ImportError, OSError) as error:  # the latter without the library PortAudio
        raise ConfigError(
            f"input=microphone needs the package sounddevice and the library PortAudio ({error}); "
            "install them with pip install '.[microphone]' and, on Linux, libportaudio2."
        ) from error
    try:
        rate = int(sounddevice.query_devices(kind="input")["default_samplerate"])
    except (sounddevice.PortAudioError, ValueError) as error:
        raise _unheard(error) from error
    return _blocks(sounddevice, rate, seconds), rate


def _blocks(sounddevice: Any, rate: int, seconds: float | None) -> Iterator[NDArray[Any]]:
    queue: SimpleQueue[NDArray[Any]] = SimpleQueue()  # nothing is lost while a window is judged
    left = None if seconds is None else round(seconds * rate)

    def keep(samples: NDArray[Any], *_: Any) -> None:
        queue.put(samples[:, 0].copy())

    try:
        with sounddevice.InputStream(
            samplerate=rate,
            channels=1,
            dtype="float32",
            blocksize=round(BLOCK * rate),
            callback=keep,
        ):
            while left is None or left > 0:
                block = queue.get()[:left]
                left = None if left is None else left - len(block)
                yield block
    except sounddevice.PortAudioError as error:
        raise _unheard(error) from error


def _unheard(error: Exception) -> AudioError:
    return AudioError(
        f"no microphone can be opened ({error}); check that one is connected and that it "
        "may be used, or pass input=FILE."
    )

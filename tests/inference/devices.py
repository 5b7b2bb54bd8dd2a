"""What stands for the module ``sounddevice``."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np


class PortAudioError(Exception):
    """What ``sounddevice`` raises."""


class InputStream:
    """Calls back with a minute of noise."""

    def __init__(self, samplerate, channels, dtype, blocksize, callback):
        assert (samplerate, channels, dtype) == (16_000, 1, "float32")
        self.blocksize, self.callback = blocksize, callback

    def __enter__(self):
        draw = np.random.default_rng(0)
        for _ in range(240):
            noise = draw.normal(0, 0.1, (self.blocksize, 1)).astype(np.float32)
            self.callback(noise, len(noise), None, None)

    def __exit__(self, *_):
        pass


def sounddevice():
    """The module."""
    return SimpleNamespace(
        PortAudioError=PortAudioError,
        InputStream=InputStream,
        query_devices=lambda kind: {"default_samplerate": 16_000.0},
    )

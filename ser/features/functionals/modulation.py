"""Modulation spectra of tracks: how strongly they move, by how fast they do."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor

from ser.features.functionals.spectra import decibels
from ser.features.functionals.tracks import Tracks

BANDS = 16
SLOWEST, FASTEST = 0.5, 50.0  # Hz
EDGES = [SLOWEST * (FASTEST / SLOWEST) ** (band / BANDS) for band in range(BANDS + 1)]
NAMES = tuple(f"modulation_{low:.2f}_{high:.2f}" for low, high in pairwise(EDGES))
RESOLUTION = 1024  # frames at least that a spectrum is of: a bin falls into each band
STILL = 1e-10  # power that a track has at least


def modulation(tracks: Tracks) -> Tensor:
    """Return the level of each track in 16 bands of frequency, in dB of the unit of the track.

    Bands are as wide as their frequency is high, from 0.5 to 50 Hz. A track is tapered by a Hann
    window and padded; its mean is no part of it. That of a constant is -100 dB.

    Shape:
        - output: ``(tracks, 16)``
    """
    taper = torch.hann_window(tracks.frames).to(tracks.values)
    size = max(RESOLUTION, 1 << (tracks.frames - 1).bit_length())
    moving = (tracks.values - tracks.mean) * taper
    power = torch.fft.rfft(moving, size).abs().square() / taper.square().sum()
    hertz = torch.fft.rfftfreq(size, tracks.hop)
    starts = torch.searchsorted(hertz, hertz.new_tensor(EDGES)).tolist()
    bands = [power[:, first:last].mean(1) for first, last in pairwise(starts)]
    return decibels(torch.stack(bands, 1).clamp(min=STILL))

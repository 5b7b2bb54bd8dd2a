"""Tones in the place of calls: upset ones are louder and higher, and each speaker has a pitch."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

RATE = 16000  # Hz
SPEAKERS = {"anna": 220, "bert": 110, "cara": 240, "dora": 200, "emil": 120, "finn": 130}  # Hz
TAKES = 3


def write(root: Path) -> Path:
    """Write six speakers, each three times calm and three times upset.

    Args:
        root: Folder to write to.
    """
    root.mkdir(parents=True, exist_ok=True)
    draw = np.random.default_rng(0)
    for speaker, pitch in SPEAKERS.items():
        for emotion, (level, factor) in {"calm": (0.05, 1.0), "upset": (0.3, 1.4)}.items():
            for take in range(1, TAKES + 1):
                time = np.arange(int(draw.uniform(0.5, 0.9) * RATE)) / RATE  # s
                tone = level * np.sin(2 * np.pi * pitch * factor * time)
                samples = tone + 0.01 * draw.standard_normal(len(time))
                soundfile.write(root / f"{speaker}_{emotion}_{take:02}.wav", samples, RATE)
    return root

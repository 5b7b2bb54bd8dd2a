"""Short recordings, and tables that list them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

RATE = 16000
NAMES = ("anna-1", "anna-2", "bert-1", "bert-2")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write four recordings of half a second below ``wav``."""
    (tmp_path / "wav").mkdir()
    for name in NAMES:
        noise = np.random.default_rng(len(name)).normal(0, 0.1, RATE // 2)
        soundfile.write(tmp_path / "wav" / f"{name}.wav", noise, RATE)
    return tmp_path


@pytest.fixture
def table(folder: Path) -> Callable[..., Path]:
    """Give a function that writes lines to a file beside the recordings."""

    def write(*lines: str, name: str = "calls.csv", encoding: str = "utf-8") -> Path:
        path = folder / name
        path.write_text("".join(f"{line}\n" for line in lines), encoding=encoding)
        return path

    return write

"""Settings of front ends, as configurations and model files give them: any numbers and words."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import torch
from hypothesis import strategies as st

from fuzz.target import Target
from ser.features import FRONT_ENDS, build_front_end

NAMES = ("MFCC", "LogMel", "UtteranceStatistics", "Functionals", "RawWaveform")
NUMBERS = (0, 1, -1, 2, 13, 64, 512, 513, 10**7, 10**9, 2**63, 0.5, 1e-9, 1e-3, 0.025, 1e9, 1e308)
VALUES = st.one_of(
    st.sampled_from(NUMBERS),
    st.floats(),
    st.integers(),
    st.sampled_from((None, True, "x", [], ["mfcc"], {}, "nan")),
)
SECONDS = 0.3


def _spec(name: str) -> st.SearchStrategy[dict[str, Any]]:
    known = [p for p in inspect.signature(FRONT_ENDS[name]).parameters if p != "kwargs"]
    settings = st.dictionaries(st.sampled_from([*known, "unknown"]), VALUES, max_size=3)
    return st.fixed_dictionaries({"name": st.just(name), "settings": settings})


def extract(folder: Path, spec: dict[str, Any]) -> None:
    """Build a front end, and extract features of a short noise with it."""
    front_end = build_front_end(spec)
    samples = max(int(SECONDS * front_end.sample_rate), 1)
    waveform = torch.randn(1, samples, generator=torch.Generator().manual_seed(0))
    front_end(waveform)


TARGETS = (Target("settings of front ends", st.one_of(*map(_spec, NAMES)), extract),)

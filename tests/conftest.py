"""Shared fixtures: a cache of its own for the tests, and corpora to run on."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from filelock import FileLock, Timeout
from hypothesis import settings

from ser.corpora.corpus import Utterance
from ser.corpora.emodb import EmoDB

# librosa compiles half a minute in every process that finds nothing kept. Two that write at once
# leave code that crashes whoever loads it: every worker keeps its own, from one run to the next.
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "alone")
COMPILED = Path(__file__).parents[1] / ".pytest_cache" / f"numba-{WORKER}"
COMPILED.mkdir(parents=True, exist_ok=True)
SPARE = tempfile.TemporaryDirectory(prefix="ser-numba-")
IN_USE = FileLock(COMPILED / ".lock", timeout=0)
os.environ["NUMBA_CACHE_DIR"] = str(COMPILED)
try:
    IN_USE.acquire()  # until this process ends
except Timeout:  # of a second run of the suite, beside the first
    os.environ["NUMBA_CACHE_DIR"] = SPARE.name

# A slow machine is not a wrong result.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

SPEAKERS = ("03", "08", "09")
TAKES = "ab"
RATE = 16000


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep the tests out of the user's cache."""
    cache = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SER_CACHE", str(cache))
        yield cache


@pytest.fixture(scope="session")
def emodb(tmp_path_factory: pytest.TempPathFactory) -> EmoDB:
    """Write EmoDB's layout and names: 3 speakers x 7 emotions x 2 takes, a tone in noise each.

    Tests share it and must not write to it.
    """
    root = tmp_path_factory.mktemp("emodb")
    (root / "wav").mkdir()
    draw = np.random.default_rng(0)
    for speaker in SPEAKERS:
        for position, code in enumerate(EmoDB.codes):
            for take in TAKES:
                time = np.arange(int(draw.uniform(0.3, 1.0) * RATE)) / RATE  # seconds
                tone = 0.2 * np.sin(2 * np.pi * 200 * (position + 1) * time)
                samples = tone + 0.02 * draw.standard_normal(len(time))
                sentence = "a01" if take == "a" else "b02"
                name = f"{speaker}{sentence}{code}{take}.wav"
                soundfile.write(root / "wav" / name, samples, RATE, subtype="PCM_16")
    return EmoDB(root)


@pytest.fixture(scope="session")
def emodb_names() -> list[Utterance]:
    """Give the 535 utterances of EmoDB by their names, without their audio."""
    corpus = EmoDB("nowhere")
    return [corpus._utterance(Path(f"{name}.wav")) for name in corpus.checksums()]


@pytest.fixture(scope="session")
def real_emodb() -> EmoDB:
    """Give the published corpus, where the environment variable ``SER_EMODB`` points at it."""
    root = os.environ.get("SER_EMODB")
    if not root:
        pytest.skip("needs the real EmoDB: set SER_EMODB to the folder that holds wav/*.wav")
    return EmoDB(root)

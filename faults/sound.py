"""Audio as people hold it: arrays of any kind, and files that are whole, cut or streamed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import torch

import ser
from faults.fault import Fault, Tries, expect, refused
from faults.models import model
from ser.features.audio import load as decode
from ser.inference.predictor import Predictor

RATE = 16_000
RNG = np.random.default_rng(0)
MONO = (0.2 * RNG.standard_normal(RATE)).cumsum() / 60
MONO = 0.5 * MONO / np.abs(MONO).max()
WHOLE = np.int16(np.round(MONO * 2**15))
ONE = np.arange(RATE) == RATE // 2  # a place for a number that is none
CLOSE = 0.01  # of a probability: integers of eight bits are coarse

READ: dict[str, Any] = {
    "float64": MONO,
    "float32": MONO.astype(np.float32),
    "float16": MONO.astype(np.float16),
    "int16": WHOLE,
    "int16, big endian": WHOLE.astype(">i2"),
    "int32": WHOLE.astype(np.int32) * 2**16,
    "a list": MONO.tolist(),
    "a tensor": torch.tensor(MONO),
    "a tensor with a gradient": torch.tensor(MONO, requires_grad=True),
    "channels first": np.stack([MONO, MONO]),
    "channels last": np.stack([MONO, MONO], axis=1),
    "eight channels last": np.stack([MONO] * 8, axis=1),
    "one channel last": MONO[:, None],
    "not contiguous": np.repeat(MONO, 2)[::2],
}
REFUSED: dict[str, tuple[Any, Any]] = {
    "nan": (np.where(ONE, np.nan, MONO), RATE),
    "infinite": (np.where(ONE, np.inf, MONO), RATE),
    "zeros": (np.zeros(RATE), RATE),
    "a constant": (np.full(RATE, 0.3), RATE),
    "channels that cancel": (np.stack([MONO, -MONO]), RATE),
    "nothing": (np.zeros(0), RATE),
    "one sample": (MONO[:1], RATE),
    "16 bits in floats": (WHOLE.astype(np.float32), RATE),
    "16 bits in int32": (WHOLE.astype(np.int32), RATE),
    "complex": (MONO + 0j, RATE),
    "truth values": (MONO > 0, RATE),
    "words": (np.array(["a", "b"]), RATE),
    "three dimensions": (MONO.reshape(1, 1, -1), RATE),
    "a number": (0.5, RATE),
    "a name of a file": ("a.wav", RATE),
    "None": (None, RATE),
    "rate of 0": (MONO, 0),
    "rate below 0": (MONO, -RATE),
    "rate that is not a number": (MONO, float("nan")),
    "rate of 10 MHz": (MONO, 10_000_000),
    "rate as a word": (MONO, "16000"),
    "exchanged": (RATE, MONO),
}
# Containers that say nowhere how long they are, or that go on after a cut.
OPEN = {"RAW", "SD2", "XI", "PAF", "PVF", "IRCAM"}
KEPT = (0.1, 0.5, 0.9, 0.98)


def answered(predictor: Predictor, samples: Any, truth: dict[str, float]) -> None:
    """Samples in another form have the answer of the plain ones."""
    found = predictor(samples, RATE).probabilities
    worst = max(abs(found[name] - truth[name]) for name in truth)
    expect(worst < CLOSE, f"probabilities differ by {worst:.3f}")


def not_heard(predictor: Predictor, samples: Any, rate: Any) -> None:
    """What is no speech is refused."""
    with refused():
        predictor(samples, rate)


def whole(path: Path, subtype: str) -> None:
    """A whole file is read, for as long as it lasts."""
    frames = len(decode(_written(path, subtype), RATE))
    due = RATE * RATE // soundfile.info(path).samplerate  # some containers have one rate alone
    expect(0 <= frames - due < RATE // 10, f"{frames} of {due} samples")


def cut(path: Path, subtype: str, share: float) -> None:
    """A file of which a part is missing is refused."""
    content = _written(path, subtype).read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with refused(path.name):
        decode(path, RATE)


def _written(path: Path, subtype: str) -> Path:
    soundfile.write(path, MONO, RATE, subtype, format=path.stem)
    return path


def _formats() -> list[tuple[str, str]]:
    """Every container that libsndfile writes and reads alone, in its usual coding."""
    found = {name: soundfile.default_subtype(name) for name in soundfile.available_formats()}
    return [(name, subtype) for name, subtype in found.items() if name != "RAW" and subtype]


def _arrays(folder: Path) -> Tries:
    predictor = ser.load(model(folder))
    truth = predictor(MONO, RATE).probabilities
    return {name: partial(answered, predictor, samples, truth) for name, samples in READ.items()}


def _no_speech(folder: Path) -> Tries:
    predictor = ser.load(model(folder))
    return {name: partial(not_heard, predictor, *given) for name, given in REFUSED.items()}


def _whole(folder: Path) -> Tries:
    return {name: partial(whole, _path(folder, name), subtype) for name, subtype in _formats()}


def _cut(folder: Path) -> Tries:
    tries: dict[str, Callable[[], None]] = {}
    for name, subtype in _formats():
        for share in () if name in OPEN else KEPT:
            tries[f"{name} at {share:.0%}"] = partial(cut, _path(folder, name), subtype, share)
    return tries


def _path(folder: Path, container: str) -> Path:
    return folder / f"{container}.{'sd2' if container == 'SD2' else 'audio'}"


FAULTS = (
    Fault("samples in another type or layout", "the same answer", _arrays),
    Fault("samples or rates that are no speech", "refused in a sentence", _no_speech),
    Fault("whole files in every container of libsndfile", "read whole", _whole),
    Fault("cut files in containers that show their length", "refused, named", _cut),
)

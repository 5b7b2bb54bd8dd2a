"""Model files that were damaged, or written to deceive."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import torch

import ser
from faults.commands import run
from faults.damage import ANY, Damage, flipped
from faults.fault import Fault, Tries, check_sentence, expect
from faults.interruptions import TRAINING
from faults.nested import Place, places, replaced
from ser.errors import SerError

WRONG: dict[str, Any] = {
    "None": None,
    "a word": "word",
    "a number": -1,
    "a huge number": 10**9,
    "not a number": float("nan"),
    "a list": [1, 2],
    "a mapping": {"_target_": "os.system"},
    "a tensor": torch.zeros(2, 3),
}
FEW = ("None", "a huge number", "a mapping")  # of a file with hundreds of places
BITS = 60
SEVERAL = (  # a support vector machine and a network in one file
    *("data=synthetic", "data.sentences=1", "cv.n_splits=3", "fold=0", "trainer=cpu", "name=x"),
    *("model=fusion", "features=statistics", "refit=fixed", "trainer.max_epochs=1"),
    *("augment@model.parts.vectors.augment=none", "+model.parts.frames.model.width=4"),
    "model.parts.vectors.model._target_=sklearn.svm.SVC",
)


def model(folder: Path, training: Sequence[str] = TRAINING) -> Path:
    """Train one fold, and give its model file."""
    words = [*training, f"output={folder / 'runs'}", f"data.cache={folder / 'cache'}"]
    run("train", words).succeeded()
    (path,) = (folder / "runs").rglob("model.ckpt")
    return path


def heard(path: Path) -> dict[str, float]:
    """Probabilities of one sound."""
    generator = torch.Generator().manual_seed(0)
    return ser.load(path)(0.1 * torch.randn(16_000, generator=generator), 16_000).probabilities


def answered_or_refused(path: Path, truth: dict[str, float]) -> None:
    """Whatever a file holds: it is refused in one sentence, or answers as before."""
    try:
        answer = heard(path)
    except SerError as error:
        check_sentence(str(error))
    else:
        expect(answer == truth, "another answer than the undamaged model gives")


def loaded_or_refused(folder: Path, content: dict[str, Any]) -> None:
    """Load a model file that carries no digest: it is refused, or gives probabilities."""
    path = folder / "try.ckpt"
    torch.save(content, path)
    try:
        answer = heard(path)
    except SerError as error:
        check_sentence(str(error))
    else:
        whole = math.isclose(sum(answer.values()), 1, abs_tol=1e-3)
        expect(whole, f"no probabilities: {answer}")


def written(folder: Path, truth: dict[str, float], content: dict[str, Any]) -> None:
    """Write a content as a model file, and load it."""
    path = folder / "try.ckpt"
    torch.save(content, path)
    answered_or_refused(path, truth)


def broken(folder: Path, source: Path, damage: Damage, truth: dict[str, float]) -> None:
    """Damage the bytes of a model file, and load it."""
    path = folder / "try.ckpt"
    path.write_bytes(source.read_bytes())
    damage(path)
    answered_or_refused(path, truth)


def _contents(folder: Path) -> Tries:
    path = model(folder)
    content, truth = torch.load(path, weights_only=True), heard(path)
    return _wrong(content, partial(written, folder, truth))


def _unsealed(folder: Path, training: Sequence[str] = TRAINING) -> Tries:
    content = torch.load(model(folder, training), weights_only=True)
    del content["ser"]["digest"]
    values = WRONG if training is TRAINING else {name: WRONG[name] for name in FEW}
    return _wrong(content, partial(loaded_or_refused, folder), values)


def _wrong(
    content: dict[str, Any],
    check: Callable[[dict[str, Any]], None],
    values: Mapping[str, Any] = WRONG,
) -> Tries:
    """Check a content with each wrong value at each place."""
    return {
        f"{'.'.join(map(str, place))}: {name}": partial(check, replaced(content, place, value))
        for place in (*places(content), *_in_parts(content))
        for name, value in values.items()
    }


def _in_parts(content: dict[str, Any]) -> list[Place]:
    """Places in the descriptions of models that one file holds together."""
    parts = enumerate(content["ser"].get("parts", ()))
    return [("ser", "parts", i, *place) for i, part in parts for place in places(part)]


def _bytes(folder: Path) -> Tries:
    path = model(folder)
    truth = heard(path)
    bits: dict[str, Callable[[Path], None]] = {
        f"bit at {k} of {BITS}": partial(flipped, share=k / BITS) for k in range(BITS + 1)
    }
    damages = {name: way for name, way in {**ANY, **bits}.items() if name != "removed"}
    return {name: partial(broken, folder, path, way, truth) for name, way in damages.items()}


ANSWER = "refused in a sentence, or the answer of the undamaged model"
FAULTS = (
    Fault("bytes of a model file damaged", ANSWER, _bytes),
    Fault("wrong values anywhere in a model file", ANSWER, _contents),
    Fault(
        "the same, with the digest left out",
        "refused in a sentence, or probabilities; at most 4 GB of memory",
        _unsealed,
    ),
    Fault(
        "the same in a file of an estimator and a network",
        "refused in a sentence, or probabilities; at most 4 GB of memory",
        partial(_unsealed, training=SEVERAL),
    ),
)

"""What a class works with beside its source is known, whoever sets it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import types
from collections import deque
from collections.abc import Callable
from functools import partial, wraps
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from ser.system.source import values_digest

SOURCE = """
from functools import partial
import math
import numpy
GAIN = 1.0
TABLE = {"gains": [1.0, 2.0]}
def scaled(x):
    return GAIN * x
def made(factor):
    class Mine(Base):
        def apply(self, x):
            return [factor * scaled(y) for y in (x, TABLE["gains"][0], math.pi)]
    return Mine
class Base:
    SHARE = 0.5
    rounded = staticmethod(lambda x: round(x, 2))
    known = frozenset({"a", "b", "c"})
    ways = {scaled, ("twice", scaled), *(lambda x, n=n: n * x for n in range(9))}
    cells = numpy.array([scaled, {"a"}, None], dtype=object)
    def over(self, x, power=2):
        return self.SHARE * x ** power
"""


def typed(source: str = SOURCE) -> types.ModuleType:
    """Run source as a module of one's own that has no file."""
    module = types.ModuleType("typed")
    exec(source, vars(module))
    return module


class Slotted:
    """An object without a dictionary."""

    __slots__ = ("gain", "other")

    def __init__(self, gain: int) -> None:
        self.gain = gain


def decorated(factor: int) -> Callable[[int], int]:
    """Wrap a function in another, which works with a number of its own."""

    def plain(x: int) -> int:
        return x

    @wraps(plain)
    def made(x: int) -> int:
        return factor * plain(x)

    return made


def digest_of(module: types.ModuleType, factor: object = 1.0) -> str:
    return values_digest(module.made(factor))


CHANGES: dict[str, Callable[[types.ModuleType], object]] = {
    "a constant": lambda module: setattr(module, "GAIN", 2.0),
    "a constant that becomes whole": lambda module: setattr(module, "GAIN", 1),
    "a number within a table": lambda module: module.TABLE["gains"].insert(0, 3.0),
    "an attribute of a base": lambda module: setattr(module.Base, "SHARE", 0.25),
    "a lambda": lambda module: setattr(module.Base, "rounded", lambda x: round(x, 3)),
    "a function that it calls": lambda module: setattr(module, "scaled", lambda x: x),
    "a default": lambda module: setattr(module.Base.over, "__defaults__", (3,)),
    "an array in the place of a number": lambda module: setattr(module, "GAIN", np.ones(3)),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_beside_the_class_is_noticed(change: Callable[[types.ModuleType], object]) -> None:
    module = typed()
    before = digest_of(module)
    change(module)
    assert digest_of(module) != before == digest_of(typed())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1.0, 2.0),
        (lambda x: x, lambda x: 2 * x),
        (partial(max, 1), partial(max, 2)),
        (np.array([1, 2]), np.array([1, 3])),
        (np.array([1, 2]), np.array([[1, 2]])),
        (torch.ones(2), torch.zeros(2)),
        (torch.ones(2, dtype=torch.bfloat16), torch.zeros(2, dtype=torch.bfloat16)),
        ({"gain": 1}, {"gain": 2}),
        (types.SimpleNamespace(gain=1), types.SimpleNamespace(gain=2)),
        (Slotted(1), Slotted(2)),
        (decorated(1), decorated(2)),
        (range(2), range(3)),
        (deque([1]), deque([2])),
        (re.compile("a" * 300 + "b"), re.compile("a" * 300 + "c")),
        (np.array([{1}], dtype=object), np.array([{2}], dtype=object)),
        (pd.DataFrame({"a": [1, "x"]}), pd.DataFrame({"a": [2, "x"]})),
        (torch.tensor([1j]).conj(), torch.tensor([2j]).conj()),
    ],
)
def test_what_a_function_made_a_class_with_is_noticed(one: object, other: object) -> None:
    module = typed()
    assert digest_of(module, one) == digest_of(module, one) != digest_of(module, other)


def test_other_processes_find_the_same() -> None:
    program = "import sys, test_values; print(test_values.digest_of(test_values.typed()))"
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    found = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == digest_of(typed())


def test_values_that_hold_themselves_end() -> None:
    loop: list[object] = [1]
    loop.append(loop)
    assert values_digest(loop) != values_digest([1])


def test_values_may_lie_as_deep_as_they_like() -> None:
    deep: list[object] = []
    for _ in range(10_000):
        deep = [deep]
    assert values_digest(deep) != values_digest(deep[0])


def test_what_is_called_as_an_attribute_is_no_part_of_the_class() -> None:
    module = typed()
    before = digest_of(module)
    vars(module)["SHARE"] = pd.DataFrame({"a": [1]})
    assert digest_of(module) == before

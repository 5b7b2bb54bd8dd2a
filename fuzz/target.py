"""What is fuzzed: inputs that are drawn, and what has to come of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from hypothesis.strategies import SearchStrategy

from fuzz import targets


def nothing(folder: Path) -> None:
    """Prepare nothing."""


@dataclass(frozen=True)
class Target:
    """A boundary at which inputs of any kind arrive.

    Args:
        name: What arrives there, as the table of outcomes words it.
        inputs: Draws what arrives.
        attempt: Hands an input over, in a folder. It may succeed, or raise a ``SerError``.
        prepare: Puts into the folder what every attempt needs, once.
        allowed: Errors besides that end in a sentence elsewhere.
        seconds: How long an attempt may take at most.
    """

    name: str
    inputs: SearchStrategy[Any]
    attempt: Callable[[Path, Any], object]
    prepare: Callable[[Path], None] = nothing
    allowed: tuple[type[Exception], ...] = ()
    seconds: float = 20.0


def every_target() -> Iterator[Target]:
    """Yield the targets of all modules of ``fuzz.targets``."""
    for module in iter_modules(targets.__path__):
        yield from import_module(f"fuzz.targets.{module.name}").TARGETS

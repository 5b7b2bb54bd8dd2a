"""Weights in a file, read one by one: in none of the formats can a file run code."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from ser.errors import ConfigError, in_a_line
from ser.features.pretrained import ctranslate2, pickled, safetensors
from ser.features.pretrained.stored import DamagedError, Stored

FORMATS: Sequence[tuple[Callable[[bytes], bool], Callable[[Path], Mapping[str, Stored]]]] = (
    (pickled.begins, pickled.read),
    (safetensors.begins, safetensors.read),
    (ctranslate2.begins, ctranslate2.read),
)
HEAD = 16


@dataclass(frozen=True)
class Tensors:
    """Named weights of one or several files.

    Args:
        path: The first file, for messages.
        stored: Where each lies.
    """

    path: Path
    stored: Mapping[str, Stored]

    def __contains__(self, name: object) -> bool:
        return name in self.stored

    def shape(self, name: str) -> tuple[int, ...]:
        """Shape of a tensor; nothing is read for it."""
        return self._at(name).shape

    def read(self, name: str) -> Tensor:
        """Read a tensor, in float32."""
        stored = self._at(name)
        try:
            return stored.read()
        except (OSError, RuntimeError, ValueError) as error:
            raise ConfigError(
                f"weights={self.path}: {name} cannot be read ({in_a_line(error)}); the file is "
                "damaged, get it again."
            ) from error

    def _at(self, name: str) -> Stored:
        if name not in self.stored:
            raise ConfigError(
                f"weights={self.path} holds no {name}, so it is of another network or incomplete; "
                "name another file."
            )
        return self.stored[name]


def open_tensors(files: Sequence[Path]) -> Tensors:
    """Look at what files of weights hold.

    Args:
        files: Files of safetensors, of CTranslate2, or a ``state_dict`` that ``torch.save`` wrote.

    Raises:
        ConfigError: If a file is of no such format, is damaged, or would run code.
    """
    stored: dict[str, Stored] = {}
    for path in files:
        try:
            stored |= _read(path)
        except (DamagedError, OSError) as error:
            raise ConfigError(f"weights={path}: {error} Get the file again, or another.") from error
    return Tensors(files[0], stored)


def _read(path: Path) -> Mapping[str, Stored]:
    with path.open("rb") as file:
        head = file.read(HEAD)
    for begins, read in FORMATS:
        if begins(head):
            return read(path)
    raise DamagedError(
        "it is neither safetensors, nor a model.bin of CTranslate2, nor a state_dict of PyTorch."
    )

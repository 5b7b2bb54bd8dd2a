"""Read a checkpoint: no code in it is run, and its memory is that of its file.

``torch.load(weights_only=True)`` runs no code either, but believes sizes: a storage that claims
more bytes than its member of the archive has is read beyond its end, and some of the types that
are allowed there allocate what a number in the file asks for. So the description of the content
is first read by itself, with nothing built, and may hold a short list of types alone.
"""

from __future__ import annotations

import os
import pickle
import pickletools
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import IO, Any
from zipfile import ZipFile

import torch
from torch import Tensor

from ser.errors import RunError
from ser.models.archive import member_sizes, open_archive
from ser.models.seal import check_seal
from ser.models.weights import check_whole

DESCRIPTION = "data.pkl"
LONGEST = 2**22  # bytes of a description; that of a ResNet50 with its optimiser has 100 000
MOST_PARTS = 100_000  # numbers, words and weights; a checkpoint in mid-training has some 2000
DEEPEST = 20  # lists within lists
SHARED = 4  # times that weights may be used on average; two layers that are tied use theirs twice
STORAGES = {
    "BFloat16Storage": 2,
    "BoolStorage": 1,
    "ByteStorage": 1,
    "CharStorage": 1,
    "DoubleStorage": 8,
    "FloatStorage": 4,
    "HalfStorage": 2,
    "IntStorage": 4,
    "LongStorage": 8,
    "ShortStorage": 2,
}  # bytes a number
BUILT = {
    "collections.Counter",
    "collections.OrderedDict",
    "torch.Size",
    "torch.device",
    "torch._utils._rebuild_parameter",
    "torch._utils._rebuild_tensor_v2",
}


def read_checkpoint(path: Path) -> dict[str, Any]:
    """Read the content of a checkpoint that ser or Lightning wrote.

    Args:
        path: The file.

    Raises:
        RunError: If it cannot be read, would execute code, is cut or damaged, was not written by
            ser, or was changed after it was written.
    """
    try:
        with path.open("rb") as file:
            return _read(file)
    except OSError as error:
        raise RunError(f"it cannot be read ({error.strerror or error}).") from error


def _read(file: IO[bytes]) -> dict[str, Any]:
    archive = open_archive(file)
    _check_description(archive)
    content = _load(file)
    if not isinstance(content, dict) or "ser" not in content:
        raise RunError("it was not written by ser; pass a model.ckpt that ser.train wrote.")
    _check_extent(content)
    _check_sizes(content, file.seek(0, os.SEEK_END))
    check_seal(content)
    return content


def _load(file: IO[bytes]) -> Any:
    file.seek(0)
    try:
        return torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises many kinds; each means that the file is not ours
        raise _unsafe(type(error).__name__) from error


def _check_description(archive: ZipFile) -> None:
    sizes = member_sizes(archive)
    if sizes.get(DESCRIPTION, 0) > LONGEST:
        raise _unsafe(f"it describes itself in more than {LONGEST} bytes")
    folder = archive.namelist()[0].partition("/")[0]
    try:
        description = archive.read(f"{folder}/{DESCRIPTION}")
        _check_places(description)
        _Described(description, sizes).load()
    except RunError:
        raise
    except Exception as error:  # whatever unpickling nonsense ends in
        raise _unsafe(type(error).__name__) from error


def _check_places(description: bytes) -> None:
    """Refuse places of the unpickler's memory beyond the file's length, which it would allocate."""
    for operation, place, _ in pickletools.genops(description):
        if operation.name.endswith("PUT") and int(place or 0) > len(description):
            raise _unsafe(f"it remembers {place} things")


class _Described(pickle.Unpickler):
    """Walk through a description as unpickling would, with stand-ins for all that it names."""

    def __init__(self, description: bytes, sizes: Mapping[str, int]) -> None:
        super().__init__(BytesIO(description))
        self.sizes = sizes

    def find_class(self, module: str, name: str) -> Any:
        """Give a stand-in of the same name."""
        known = f"{module}.{name}" in BUILT or (module == "torch" and name in STORAGES)
        if not known:
            raise _unsafe(f"it holds a {module}.{name}")
        return type(name, (_StandIn,), {})

    def persistent_load(self, pid: Any) -> Any:
        """Compare what a storage claims with what the archive has for it."""
        _, kind, key, _, count = pid
        if self.sizes.get(f"data/{key}") != count * STORAGES[kind.__name__]:
            raise _unsafe(f"it claims {count} numbers for a weight, and does not hold them")
        return _StandIn()


class _StandIn:
    """Takes whatever an unpickler does to an object, and does nothing."""

    def __init__(self, *_: Any) -> None: ...

    def __setitem__(self, key: Any, value: Any) -> None: ...

    def __setstate__(self, state: Any) -> None: ...


def _check_extent(content: Any) -> None:
    """Refuse what is nested so that a walk through it would not end, as in lists of themselves."""
    left, seen = [(content, 0)], 0
    while left:
        whole, depth = left.pop()
        parts = _parts(whole)
        seen += len(parts)
        if seen > MOST_PARTS or depth > DEEPEST:
            raise RunError(
                f"it holds more than {MOST_PARTS} values, or lists within {DEEPEST} others, which "
                "no checkpoint of ser does; the file is damaged."
            )
        left.extend((part, depth + 1) for part in parts)


def _parts(whole: Any) -> list[Any]:
    if isinstance(whole, Mapping):
        return [*whole.keys(), *whole.values()]
    return list(whole) if isinstance(whole, list | tuple) else []


def _check_sizes(content: Mapping[str, Any], size: int) -> None:
    """Refuse weights that share their memory so often that copies of them would be enormous."""
    state = content.get("state_dict")
    weights = [*content.values(), *(state.values() if isinstance(state, Mapping) else [])]
    tensors = [weight for weight in weights if isinstance(weight, Tensor)]
    check_whole(tensors)
    if sum(weight.numel() * weight.element_size() for weight in tensors) > SHARED * size:
        raise RunError(f"its weights are more than {SHARED} times its size; the file is damaged.")


def _unsafe(how: str) -> RunError:
    return RunError(
        f"it is not a checkpoint that can be loaded safely ({how}); pass a model.ckpt that "
        "ser.train wrote."
    )

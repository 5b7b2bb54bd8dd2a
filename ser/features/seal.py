"""Whether a folder of the feature store is as it was written: a seal of its files lies in it.

Damage is looked for, not forgery, so checksums of CRC-32 do: a core reads 1 to 3 GB/s of them.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from ser.system.reading import LARGEST, read_whole

SEAL = "seal.json"
BLOCK = 2**22  # bytes of a file that share a checksum


def seal(folder: Path, key: str, names: Sequence[str]) -> None:
    """Write down what a folder holds.

    Args:
        folder: Folder with the files, finished.
        key: What the folder is of, so that it stands for nothing else.
        names: Its files.
    """
    (folder / SEAL).write_text(json.dumps(_contents(folder, key, names)))


def fault(folder: Path, key: str, names: Sequence[str]) -> str | None:
    """Say what is wrong with a sealed folder; None if nothing is.

    Args:
        folder: What lies where the folder should.
        key: As it was sealed.
        names: As they were sealed.

    Raises:
        OSError: If a file is there and cannot be read.
    """
    if not folder.is_dir():
        return "it is no folder"
    if lost := [name for name in (*names, SEAL) if not (folder / name).is_file()]:
        earlier = ", as in a store of an earlier version" if lost == [SEAL] else ""
        return f"{', '.join(lost)} is absent{earlier}"
    if (folder / SEAL).stat().st_size > LARGEST:
        return f"{SEAL} is damaged"
    try:
        sealed = dict(json.loads(read_whole(folder / SEAL)))
        contents = _contents(folder, key, names)
    except (ValueError, TypeError):
        return f"{SEAL} is damaged"
    except FileNotFoundError:  # another process is replacing it
        return "it vanished as it was read"
    changed = [name for name, content in contents.items() if sealed.get(name) != content]
    return f"{', '.join(changed)} changed since it was written" if changed else None


def _contents(folder: Path, key: str, names: Sequence[str]) -> dict[str, Any]:
    return {"key": key} | {name: _checksums(folder / name) for name in names}


def _checksums(path: Path) -> list[int]:
    """Size of a file in bytes, and the CRC-32 of each block of it."""
    size = path.stat().st_size

    with path.open("rb") as file, ThreadPoolExecutor() as pool:

        def checksum(start: int) -> int:
            return zlib.crc32(os.pread(file.fileno(), BLOCK, start))

        return [size, *pool.map(checksum, range(0, size, BLOCK))]

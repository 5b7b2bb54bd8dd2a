"""Files that are there whole or not at all, whenever the process or the machine stops."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any


def write_bytes(path: Path, content: bytes | memoryview) -> None:
    """Write a file so that it is there whole or not at all."""
    draft = _draft(path, content)
    draft.replace(path)


def write_text(path: Path, text: str) -> None:
    """Write a text as ``write_bytes`` does."""
    write_bytes(path, text.encode())


def write_json(path: Path, content: Any) -> None:
    """Write JSON as ``write_bytes`` does."""
    write_text(path, json.dumps(content, indent=2) + "\n")


def create_json(path: Path, content: Any) -> bool:
    """Write JSON unless the file is there already; of several processes one succeeds.

    Returns:
        Whether this call wrote the file.
    """
    draft = _draft(path, (json.dumps(content, indent=2) + "\n").encode())
    try:
        os.link(draft, path)  # unlike a rename, a link never replaces what is there
    except FileExistsError:
        return False
    except OSError:  # a file system without links
        if path.exists():
            return False
        draft.replace(path)
        return True
    finally:
        draft.unlink(missing_ok=True)
    return True


def _draft(path: Path, content: bytes | memoryview) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())  # a rename must not reach the disk before what it names
    Path(draft).chmod(0o644)
    return Path(draft)

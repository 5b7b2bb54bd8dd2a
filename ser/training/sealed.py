"""Checkpoints under a seal: written whole, read back only if they are what was written, and whose.

A sealed checkpoint is a file of PyTorch, which is a ZIP archive, with a comment at its end: SHA-256
over its owner and all bytes before the comment.
"""

from __future__ import annotations

import hashlib
from concurrent.futures import Future, ThreadPoolExecutor, wait
from copy import deepcopy
from io import BytesIO
from pathlib import Path
from typing import Any

import torch
from lightning_fabric.plugins import TorchCheckpointIO

from ser.errors import RunError
from ser.runs.files import write_bytes

MARK = b"ser seal "
LENGTH = len(MARK) + 64  # bytes of the comment: the mark and a SHA-256 in hexadecimal


class SealedCheckpoints(TorchCheckpointIO):
    """Write checkpoints beside their place, then rename; believe none without a fitting seal.

    Lightning's own way leads through the temporary folder, from which a file is copied where
    that is another file system, and can be cut.

    Args:
        owner: What training the checkpoints belong to.
    """

    def __init__(self, owner: str) -> None:
        self.owner = owner.encode()

    def save_checkpoint(
        self, checkpoint: dict[str, Any], path: str | Path, storage_options: Any = None
    ) -> None:
        """Write a checkpoint so that it is there whole or not at all."""
        buffer = BytesIO()
        torch.save(checkpoint, buffer)
        buffer.seek(-2, 2)  # where the archive says how long its comment is
        buffer.write(LENGTH.to_bytes(2, "little"))
        buffer.write(self._seal(buffer.getbuffer()))
        write_bytes(Path(path), buffer.getbuffer())

    def load_checkpoint(self, path: str | Path, *_: Any, **__: Any) -> dict[str, Any]:
        """Read a checkpoint of this owner, onto the CPU.

        Raises:
            RunError: If it is missing, damaged, or belongs to another.
        """
        try:
            content = _sealed_bytes(Path(path))
        except OSError as error:
            raise RunError(f"{path} cannot be read: {error.strerror}") from error
        if content is None or content[-LENGTH:] != self._seal(memoryview(content)[:-LENGTH]):
            raise RunError(f"{path} is damaged, or belongs to another training")
        checkpoint: dict[str, Any] = torch.load(
            BytesIO(content), map_location="cpu", weights_only=True
        )
        return checkpoint

    def _seal(self, content: memoryview) -> bytes:
        digest = hashlib.sha256(self.owner)
        digest.update(content)
        return MARK + digest.hexdigest().encode()


def _sealed_bytes(path: Path) -> bytes | None:
    """What a file holds; None where no seal ends it, however large it is."""
    size = path.stat().st_size
    if not path.is_file() or size < LENGTH:
        return None
    with path.open("rb") as file:
        file.seek(size - LENGTH)
        if not file.read(LENGTH).startswith(MARK):
            return None
        file.seek(0)
        return file.read()


class KeptCheckpoints(SealedCheckpoints):
    """Keep checkpoints in memory, on whatever device, and write them beside the training.

    What went wrong with writing is raised by whatever waits for it: the next ``write``, ``finish``
    or ``load_checkpoint``.
    """

    def __init__(self, owner: str) -> None:
        super().__init__(owner)
        self.kept: dict[Path, dict[str, Any]] = {}
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="snapshots")
        self.written: Future[None] | None = None

    def save_checkpoint(
        self, checkpoint: dict[str, Any], path: str | Path, storage_options: Any = None
    ) -> None:
        """Keep a copy, since training goes on with the same tensors."""
        self.kept[Path(path)] = deepcopy(checkpoint)

    def load_checkpoint(self, path: str | Path, *_: Any, **__: Any) -> dict[str, Any]:
        """Give what is kept, else read the file; see ``SealedCheckpoints``."""
        if found := self.kept.get(Path(path)):
            return found
        self.finish()
        return super().load_checkpoint(path)

    def write(self) -> None:
        """Begin to write what is kept, in the order in which it came."""
        self.finish()
        copies, self.kept = self.kept, {}
        # On CUDA, threads share the stream that copies are made on, so that these are whole there.
        self.written = self.thread.submit(self._write, copies)

    def _write(self, copies: dict[Path, dict[str, Any]]) -> None:
        for path in list(copies):
            super().save_checkpoint(copies.pop(path), path)

    def finish(self) -> None:
        """Wait until what was to be written lies on the disk.

        Raises:
            StorageError: If it could not be written.
        """
        written, self.written = self.written, None
        if written is not None:
            written.result()

    def teardown(self) -> None:
        """Let nothing be written once the training is over, however it ended."""
        wait([self.written] if self.written else [])

"""Zip archives, as PyTorch and skops write them, that cannot unpack to more than they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO
from zipfile import ZIP_STORED, ZipFile

from ser.errors import RunError

START = b"PK\x03\x04"


def open_archive(file: IO[bytes]) -> ZipFile:
    """Open an archive whose members lie in it uncompressed, once each, as they were written.

    Args:
        file: The archive, which has to stay open while its members are read.

    Raises:
        RunError: If it is no such archive, is cut, or a checksum in it is wrong.
    """
    try:
        beginning, size = file.read(len(START)), file.seek(0, 2)
        archive = ZipFile(file)
        whole = beginning == START and _fits(archive, size) and archive.testzip() is None
    except Exception as error:  # zipfile raises a dozen kinds, as the bytes have it
        raise _damaged(type(error).__name__) from error
    if not whole:
        raise _damaged("its members do not have the sizes and checksums that it states")
    return archive


def _fits(archive: ZipFile, size: int) -> bool:
    """Whether members are no larger than the file, and no two of them have one name.

    PyTorch looks names up without regard to case.
    """
    members = archive.infolist()
    names = {member.filename.casefold() for member in members}
    stored = all(
        member.compress_type == ZIP_STORED and member.compress_size == member.file_size
        for member in members
    )
    return stored and len(names) == len(members) and sum(m.file_size for m in members) <= size


def member_sizes(archive: ZipFile) -> Mapping[str, int]:
    """Size of each member, in bytes, by its name without the folder that holds all of them."""
    return {m.filename.partition("/")[2]: m.file_size for m in archive.infolist()}


def _damaged(how: str) -> RunError:
    return RunError(
        f"it is not a checkpoint, or not a whole one ({how}); copy it again, or pass a model.ckpt "
        "that ser.train wrote."
    )

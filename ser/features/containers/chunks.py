"""Containers of named chunks: WAV and its kin, AIFF, Amiga IFF, CAF, W64."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Literal, NamedTuple

from ser.features.containers.extent import BLANK, Corrections, CutError, Extent

RF64_SIZES = 20  # where "ds64" keeps the outer size, the size of the sound comes 8 bytes later
MOST = 10_000  # chunks that are looked at
GUID = bytes.fromhex("f3acd3118cd100c04f8edb8a")  # what W64 appends to the name of a chunk


@dataclass(frozen=True)
class Layout:
    """How a container writes its chunks.

    Args:
        first: Offset of the first chunk.
        sound: Names of the chunk that holds the sound.
        order: Byte order of sizes.
        name: Bytes of a name.
        width: Bytes of a size.
        counted: Whether a size counts name and size as well.
        align: Chunks begin at multiples of this many bytes.
        kinds: What the container must hold to be audio, after the outer size; empty for anything.
    """

    first: int
    sound: tuple[bytes, ...]
    order: Literal["little", "big"]
    name: int = 4
    width: int = 4
    counted: bool = False
    align: int = 2
    kinds: tuple[bytes, ...] = ()


WAVE = (b"WAVE",)
LAYOUTS = {
    b"RIFF": Layout(12, (b"data",), "little", kinds=WAVE),
    b"RIFX": Layout(12, (b"data",), "big", kinds=WAVE),
    b"RF64": Layout(12, (b"data",), "little", kinds=WAVE),
    b"FORM": Layout(12, (b"SSND", b"BODY"), "big", kinds=(b"AIFF", b"AIFC", b"8SVX", b"16SV")),
    b"caff": Layout(8, (b"data",), "big", width=8, align=1),
    b"riff": Layout(40, (b"data" + GUID,), "little", name=16, width=8, counted=True, align=8),
}


class Chunk(NamedTuple):
    """A chunk: its name, where its content begins, and how many bytes that should be."""

    name: bytes
    begin: int
    length: int


def inspect(file: BinaryIO, size: int) -> Corrections:
    """Compare the chunk of sound with the file; see ``ser.features.containers.inspect``."""
    file.seek(0)
    head = file.read(12)
    layout = LAYOUTS[head[:4]]
    if layout.kinds and head[8:] not in layout.kinds:
        return []
    walk = _walk(file, layout, layout.first, size)
    sound = next((chunk for chunk in walk if chunk.name in layout.sound), None)
    if sound is None:
        raise CutError("it ends before its sound begins")
    if sound.length == 0 and _ends_well(file, layout, sound.begin, size):
        return []  # no sound, and other chunks after it
    return _extent(file, head[:4], layout, sound).check(size)


def _walk(file: BinaryIO, layout: Layout, at: int, size: int) -> Iterator[Chunk]:
    heading = layout.name + layout.width
    for _ in range(MOST):
        if at + heading > size:
            return
        file.seek(at)
        found = file.read(heading)
        length = int.from_bytes(found[layout.name :], layout.order)
        length -= heading * layout.counted
        yield Chunk(found[: layout.name], at + heading, length)
        at += heading + max(length, 0)
        at += -at % layout.align


def _ends_well(file: BinaryIO, layout: Layout, begin: int, size: int) -> bool:
    """Whether chunks, or nothing, follow up to the end of the file."""
    end = begin
    for chunk in _walk(file, layout, begin, size):
        if not chunk.name[:4].isascii() or not chunk.name[:4].decode().isprintable():
            return False
        end = chunk.begin + chunk.length
    return end <= size <= end + layout.align


def _extent(file: BinaryIO, magic: bytes, layout: Layout, sound: Chunk) -> Extent:
    if magic == b"RF64" and sound.length == BLANK:
        file.seek(RF64_SIZES + 8)
        length = int.from_bytes(file.read(8), "little")
        return Extent(sound.begin, length, RF64_SIZES + 8, 8, "little")
    base = (layout.name + layout.width) * layout.counted
    field = sound.begin - layout.width
    return Extent(sound.begin, sound.length, field, layout.width, layout.order, base)

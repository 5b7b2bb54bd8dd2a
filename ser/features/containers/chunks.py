"""Containers of named chunks: WAV and its kin, AIFF, Amiga IFF, CAF, W64."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
        sound: Names of the chunk that holds the sound, and how many bytes of it come before that.
        order: Byte order of sizes.
        name: Bytes of a name.
        width: Bytes of a size.
        counted: Whether a size counts name and size as well.
        align: Chunks begin at multiples of this many bytes.
        kinds: What the container must hold to be audio, after the outer size; empty for anything.
    """

    first: int
    sound: Mapping[bytes, int]
    order: Literal["little", "big"]
    name: int = 4
    width: int = 4
    counted: bool = False
    align: int = 2
    kinds: tuple[bytes, ...] = ()


WAVE = (b"WAVE",)
IFF = (b"AIFF", b"AIFC", b"8SVX", b"16SV")
DATA = {b"data": 0}
USUAL = {b"fmt ", b"fact", b"LIST", b"data", b"COMM", b"SSND", b"VHDR", b"BODY"}
LAYOUTS = {
    b"RIFF": Layout(12, DATA, "little", kinds=WAVE),
    b"RIFX": Layout(12, DATA, "big", kinds=WAVE),
    b"RF64": Layout(12, DATA, "little", kinds=WAVE),
    b"FORM": Layout(12, {b"SSND": 8, b"BODY": 0}, "big", kinds=IFF),
    b"caff": Layout(8, {b"data": 4}, "big", width=8, align=1),
    b"riff": Layout(40, {b"data" + GUID: 0}, "little", name=16, width=8, counted=True, align=8),
}


class Chunk(NamedTuple):
    """A chunk: its name, where its content begins, and how many bytes that should be.

    It is ``unfilled`` where the byte is missing that should fill up the chunk before it.
    """

    name: bytes
    begin: int
    length: int
    unfilled: bool


def inspect(file: BinaryIO, size: int) -> Corrections:
    """Compare the chunk of sound with the file; see ``ser.features.containers.inspect``."""
    file.seek(0)
    head = file.read(12)
    layout = LAYOUTS[head[:4]]
    if layout.kinds and head[8:] not in layout.kinds:
        return []
    missing = []
    for chunk in _walk(file, layout, layout.first, size):
        place = chunk.begin - layout.name - layout.width
        missing += [(place, place, b"\0")] * chunk.unfilled
        if chunk.name in layout.sound:
            return [*missing, *_check(file, head[:4], layout, chunk, size)]
    raise CutError("it ends before its sound begins")


def _check(file: BinaryIO, magic: bytes, layout: Layout, sound: Chunk, size: int) -> Corrections:
    extent = _extent(file, magic, layout, sound)
    empty = sound.length <= layout.sound[sound.name]
    if empty and _ends_well(file, layout, sound.begin + sound.length, size):
        return []  # no sound, and other chunks after it
    return extent.check(size)


def _walk(file: BinaryIO, layout: Layout, at: int, size: int) -> Iterator[Chunk]:
    heading, unfilled = layout.name + layout.width, False
    for _ in range(MOST):
        if at + heading > size:
            return
        file.seek(at)
        found = file.read(heading)
        length = int.from_bytes(found[layout.name :], layout.order)
        length = max(length - heading * layout.counted, 0)
        yield Chunk(found[: layout.name], at + heading, length, unfilled)
        at += heading + length
        gap = -length % layout.align
        unfilled = gap == 1 and _is_unfilled(file, layout, at, size)
        at += 0 if unfilled else gap


def _is_unfilled(file: BinaryIO, layout: Layout, at: int, size: int) -> bool:
    """Whether a chunk begins here already, and not after the byte that should come first."""
    file.seek(at)
    found = file.read(1 + layout.name + layout.width)
    here, later = found[:-1], found[1:]
    if here[:4] in USUAL or later[:4] in USUAL:
        return here[:4] in USUAL
    return _fits(here, layout, size - at) and not _fits(later, layout, size - at - 1)


def _fits(heading: bytes, layout: Layout, room: int) -> bool:
    """Whether these bytes may begin a chunk: a name, and a size that the file has room for."""
    length = int.from_bytes(heading[layout.name :], layout.order)
    return _is_name(heading[:4]) and len(heading) + length <= room


def _is_name(found: bytes) -> bool:
    return len(found) == 4 and found.isascii() and found.decode().isprintable()  # noqa: PLR2004


def _ends_well(file: BinaryIO, layout: Layout, begin: int, size: int) -> bool:
    """Whether chunks, or nothing, follow up to the end of the file."""
    end = begin
    for chunk in _walk(file, layout, begin, size):
        if not _is_name(chunk.name[:4]):
            return False
        end = chunk.begin + chunk.length
    return end <= size <= end + layout.align


def _extent(file: BinaryIO, magic: bytes, layout: Layout, sound: Chunk) -> Extent:
    if magic == b"RF64" and sound.length == BLANK:
        file.seek(RF64_SIZES + 8)
        length = int.from_bytes(file.read(8), "little")
        return Extent(sound.begin, length, RF64_SIZES + 8, 8, "little")
    before = layout.sound[sound.name]
    base = (layout.name + layout.width) * layout.counted + before
    begin, promised = sound.begin + before, sound.length - before
    return Extent(begin, promised, sound.begin - layout.width, layout.width, layout.order, base)

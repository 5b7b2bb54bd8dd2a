"""MPEG audio, such as MP3: frames after one another, and perhaps a count of them.

Without a count, libsndfile takes the size of the first frame for that of all, and stops too early
or misses what was never there. So frames are counted here.

References:
    ISO 11172-3, 2.4.1, and 13818-3 for the lower rates.
"""

from __future__ import annotations

from functools import lru_cache
from typing import BinaryIO

from ser.features.containers import flac
from ser.features.containers.extent import Corrections, CutError

MPEG_RATES = {1: (44100, 48000, 32000), 2: (22050, 24000, 16000), 4: (11025, 12000, 8000)}
# kbit/s by version (1 or later) and layer, the first and the last of 16 places left out
KBITS = {
    (1, 1): tuple(range(32, 449, 32)),
    (1, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (1, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 1): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
KBITS[2, 3] = KBITS[2, 2]
# Slots a second of 1 kbit/s, and bytes of a slot, by layer; halved in layer III after version 1.
SLOTS = {1: (12_000, 4), 2: (144_000, 1), 3: (144_000, 1)}
HALVED = (72_000, 1)
LARGEST = 2**28  # bytes of a file whose frames are counted: nine hours at 64 kbit/s
STRAYS = 2**18  # bytes that look like the begin of a frame, beyond which there is none
TAG = 10  # bytes in front of the content of an ID3 tag
HEADER, SYNC, SYNC_AND_VERSION, MONO = 4, 0xFF, 0xE0, 3
LAYER, LAYER_III = 0b110, 0b010  # the others have no place for a count
MEDIUM = 0x90  # kbit/s by which a frame is long enough for a count


def inspect(file: BinaryIO, size: int) -> Corrections:
    """Walk over the frames: the last must be whole, and there must be a count of them.

    A file that was cut between frames is recognised by its count alone.

    Raises:
        CutError: If there is no frame, or the last is not whole.
    """
    file.seek(0)
    begin = _after_tag(file.read(TAG))
    file.seek(begin)
    if file.read(4) == b"fLaC":
        return flac.inspect(file, size, begin)
    if size > LARGEST:
        return []
    file.seek(0)
    data = file.read()
    count, end = _frames(data, begin)
    if not count:
        raise CutError("it holds no frame of sound")
    if end > size:
        raise CutError("its last frame is not whole")
    if data[begin + 1] & LAYER != LAYER_III:
        return []
    if (at := _place_of_count(data, begin)) is None:
        return [(begin, begin, _count(data, begin, count))]
    others = count - 1  # than the frame that holds the count
    stated = int.from_bytes(data[at : at + 4], "big") if at else others
    return [(at, at + 4, others.to_bytes(4, "big"))] if stated < others else []


def _after_tag(data: bytes) -> int:
    """Where an ID3 tag ends."""
    if not data.startswith(b"ID3"):
        return 0
    return TAG + sum((byte & 127) << 7 * (3 - i) for i, byte in enumerate(data[6:TAG]))


def _frames(data: bytes, at: int) -> tuple[int, int]:
    """How many frames there are, and where the last ends."""
    count, end, strays = 0, 0, 0
    while 0 <= at < len(data) and strays < STRAYS:
        length = _length(data[at : at + HEADER])
        after = at + length
        if length and (at == end or count == 0 or _length(data[after : after + HEADER])):
            count, end, at = count + 1, after, after
        else:  # a tag, or damage: go on at the next two frames
            at, strays = data.find(SYNC, at + 1), strays + 1
    return count, end


@lru_cache(maxsize=1024)
def _length(header: bytes) -> int:
    """Bytes of the frame that a header begins; 0 for what is no header."""
    if len(header) < HEADER or header[0] != SYNC or header[1] < SYNC_AND_VERSION:
        return 0
    version = {3: 1, 2: 2, 0: 4}.get(header[1] >> 3 & 3)
    layer, bits, place = 4 - (header[1] >> 1 & 3), header[2] >> 4, header[2] >> 2 & 3
    kbits = dict(enumerate(KBITS.get((min(version or 0, 2), layer), ()), start=1)).get(bits)
    hertz = dict(enumerate(MPEG_RATES.get(version or 0, ()))).get(place)
    if not kbits or not hertz:
        return 0
    slots, slot = HALVED if layer == len(SLOTS) and version != 1 else SLOTS[layer]
    return (slots * kbits // hertz + (header[2] >> 1 & 1)) * slot


def _place_of_count(data: bytes, begin: int) -> int | None:
    """Where the first frame counts the others; 0 if in another way, None if it does not."""
    first = data[begin : begin + _length(data[begin : begin + HEADER])]
    if b"VBRI" in first:
        return 0
    found = max(first.find(b"Xing"), first.find(b"Info"))
    flags, count = first[found + 4 : found + 8], first[found + 8 : found + 12]
    known = found > 0 and int.from_bytes(flags, "big") & 1 == 1 and any(count)
    return begin + found + 8 if known else None


def _count(data: bytes, begin: int, count: int) -> bytes:
    """A frame of no sound that holds the count of the others, as encoders of MP3 write it."""
    sync, version, rate, mode = data[begin : begin + HEADER]
    header = bytes([sync, version | 1, MEDIUM | rate & 0x0C, mode])
    side = {(True, True): 17, (True, False): 32, (False, True): 9, (False, False): 17}
    gap = bytes(side[version >> 3 & 3 == MONO, mode >> 6 == MONO])
    frame = header + gap + b"Xing" + (1).to_bytes(4, "big") + count.to_bytes(4, "big")
    return frame.ljust(_length(header), b"\0")

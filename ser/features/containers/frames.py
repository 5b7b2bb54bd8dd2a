"""Containers without a size, whose own structure shows whether the end is there.

References:
    FLAC: RFC 9639, sections 8.2 and 9; OGG: RFC 3533, section 6; MPEG audio: ISO 11172-3, 2.4.1.
"""

from __future__ import annotations

from typing import BinaryIO

from ser.features.containers.extent import Corrections, CutError

PAGE = 27 + 255 + 255 * 255  # bytes of the longest page of OGG
LAST_PAGE = 4  # flag
FLAC_TAIL = 2**19  # bytes in which the last frame begins, up to 8 channels of 24 bits
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
HEADER, SYNC, SYNC_AND_VERSION = 4, 0xFF, 0xE0


def ogg(file: BinaryIO, size: int) -> Corrections:
    """Look at the last page: it must be whole and say that it is the last.

    Raises:
        CutError: If it is not.
    """
    file.seek(max(0, size - PAGE))
    tail = file.read()
    at = tail.rfind(b"OggS\0")
    if at < 0 or len(tail) < at + 27:
        raise CutError("its last page is not whole")
    segments = tail[at + 27 : at + 27 + tail[at + 26]]
    if len(segments) < tail[at + 26] or at + 27 + len(segments) + sum(segments) > len(tail):
        raise CutError("its last page is not whole")
    if not tail[at + 5] & LAST_PAGE:
        raise CutError("its last page does not say that the sound ends there")
    return {}


def flac(file: BinaryIO, size: int) -> Corrections:
    """Look at the last frame where the header does not count samples, as after streaming.

    Where it counts them, the decoder's count is compared with it.

    Raises:
        CutError: If the last frame is not whole.
    """
    file.seek(18)
    counted = int.from_bytes(file.read(8), "big") & (2**36 - 1)
    if counted:
        return {}
    file.seek(max(0, size - FLAC_TAIL))
    tail = file.read()
    at = len(tail)
    while (at := tail.rfind(b"\xff", 0, at)) >= 0:
        if tail[at + 1 : at + 2] in {b"\xf8", b"\xf9"} and not _crc16(tail[at:]):
            return {}  # a sum over what holds its own sum is 0
    raise CutError("its last frame is not whole")


def _crc16(data: bytes) -> int:
    crc = 0
    for byte in data:
        crc = (crc << 8 & 0xFFFF) ^ CRC16[crc >> 8 ^ byte]
    return crc


def _crc16_of(byte: int) -> int:
    crc = byte << 8
    for _ in range(8):
        crc = (crc << 1 ^ (0x8005 if crc & 0x8000 else 0)) & 0xFFFF
    return crc


CRC16 = tuple(map(_crc16_of, range(256)))


def mpeg(file: BinaryIO, size: int) -> Corrections:
    """Walk over the frames: the last must be whole.

    A file that was cut between frames is recognised only by the count in its Xing header, which
    libsndfile compares.

    Raises:
        CutError: If the last frame is not whole.
    """
    file.seek(0)
    data = file.read()
    at, end = _after_tag(data), 0
    while length := _mpeg_length(data[at : at + HEADER]):
        end = at = at + length
    if end > len(data):
        raise CutError("its last frame is not whole")
    return {}


def _after_tag(data: bytes) -> int:
    """Where an ID3 tag ends."""
    if data[:3] != b"ID3":
        return 0
    return 10 + sum((byte & 127) << 7 * (3 - i) for i, byte in enumerate(data[6:10]))


def _mpeg_length(header: bytes) -> int:
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

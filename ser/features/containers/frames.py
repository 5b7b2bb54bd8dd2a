"""OGG and FLAC, whose pages and frames show whether the end is there.

References:
    OGG: RFC 3533, section 6. FLAC: RFC 9639, sections 8.2 and 9.
"""

from __future__ import annotations

from typing import BinaryIO

from ser.features.containers.extent import Corrections, CutError

PAGE = 27 + 255 + 255 * 255  # bytes of the longest page of OGG
LAST_PAGE = 4  # flag
FLAC_TAIL = 2**19  # bytes in which the last frame begins, up to 8 channels of 24 bits


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
    return []


def flac(file: BinaryIO, size: int) -> Corrections:
    """Look at the last frame where the header does not count samples, as after streaming.

    Where it counts them, the decoder's count is compared with it.

    Raises:
        CutError: If the last frame is not whole.
    """
    file.seek(18)
    counted = int.from_bytes(file.read(8), "big") & (2**36 - 1)
    if counted:
        return []
    file.seek(max(0, size - FLAC_TAIL))
    tail = file.read()
    at = len(tail)
    while (at := tail.rfind(b"\xff", 0, at)) >= 0:
        if tail[at + 1 : at + 2] in {b"\xf8", b"\xf9"} and not _crc16(tail[at:]):
            return []  # a sum over what holds its own sum is 0
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

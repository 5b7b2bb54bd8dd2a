"""OGG and FLAC, whose pages and frames show whether the end is there.

References:
    OGG: RFC 3533, section 6. FLAC: RFC 9639, sections 8.2 and 9.
"""

from __future__ import annotations

from typing import BinaryIO

from ser.features.containers.extent import Corrections, CutError

PAGE = 27 + 255 + 255 * 255  # bytes of the longest page of OGG
LAST_PAGE = 4  # flag
POLYNOMIAL = 0x18005  # of the sum of FLAC's frames
FLAC_SYNC = (b"\xff\xf8", b"\xff\xf9")
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
    if not _ends_with_frame(file.read()):
        raise CutError("its last frame is not whole")
    return []


def _ends_with_frame(tail: bytes) -> bool:
    """Whether a frame with the right sum ends where the file does.

    A sum over what holds its own sum is 0. It is computed from the end on, so that nothing is read
    twice, however many places look like the begin of a frame.
    """
    total, power = 0, 1  # of the bytes so far, and x^(8n) for the n of them
    for at in range(len(tail) - 1, -1, -1):
        total ^= _times(power, tail[at])
        power = _times_byte(power)
        if not total and tail[at : at + 2] in FLAC_SYNC:
            return True
    return False


def _times(power: int, byte: int) -> int:
    """Product of two polynomials over GF(2), modulo that of the sum."""
    product = 0
    while byte:
        if byte & 1:
            product ^= power
        power = power << 1 ^ (POLYNOMIAL if power & 0x8000 else 0)
        byte >>= 1
    return product


def _times_byte(power: int) -> int:
    return (power << 8 & 0xFFFF) ^ CRC16[power >> 8]


def _crc16_of(byte: int) -> int:
    crc = byte << 8
    for _ in range(8):
        crc = crc << 1 ^ (POLYNOMIAL if crc & 0x8000 else 0)
    return crc


CRC16 = tuple(map(_crc16_of, range(256)))

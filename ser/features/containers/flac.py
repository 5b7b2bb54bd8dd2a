"""FLAC, whose header counts samples or leaves that open, and whose frames show what there is.

References:
    RFC 9639, sections 8.2 and 9.
"""

from __future__ import annotations

from typing import BinaryIO

from ser.features.containers.extent import Corrections, CutError

POLYNOMIAL = 0x18005  # of the sum of a frame
OF_HEADER = 0x107  # of the sum of a frame's header
SYNC = (b"\xff\xf8", b"\xff\xf9")  # of frames of one size, and of several
TAIL = 2**19  # bytes in which the last frame begins, up to 8 channels of 24 bits
COUNT = slice(21, 26)  # where the header counts samples, but for the first half of a byte
HEADER = 42  # bytes of the header of a file, up to its first frame or next block
SHORTEST, LONGEST = 6, 16  # bytes of the header of a frame
FIRST_CODE = 0x10  # of the samples of a frame; below is none
# Samples of a frame, as its header codes usual ones; others stand behind its number.
LENGTHS = (0, 192, 576, 1152, 2304, 4608, 0, 0, *(256 << more for more in range(8)))
TAG = 128  # bytes of ID3v1, which programs for MP3 append
CANDIDATES = 1_000  # places at most that are looked at as the last frame


def inspect(file: BinaryIO, size: int, start: int = 0) -> Corrections:
    """Compare the header with the last frame; see ``ser.features.containers.inspect``.

    Where it counts more samples than there are, the decoder says so.

    Args:
        file: As there.
        size: As there.
        start: Where the file begins behind a tag.
    """
    file.seek(start)
    head = file.read(HEADER)
    counted = int.from_bytes(head[COUNT], "big") & (2**36 - 1)
    file.seek(max(start, size - TAIL))
    tail = file.read()
    tag = TAG if tail[-TAG:].startswith(b"TAG") else 0
    tail = tail[: len(tail) - tag]
    if not counted:
        if not _ends_with_frame(tail):
            raise CutError("its last frame is not whole")
        return [(size - tag, size, b"")] if tag else []
    begin, held = _last_frame(tail, int.from_bytes(head[10:12], "big"))
    if held <= counted or not _ends_with_frame(tail[begin:]):
        return []
    written = (head[COUNT.start] & 0xF0) << 32 | held
    return [(start + COUNT.start, start + COUNT.stop, written.to_bytes(5, "big"))]


def _last_frame(tail: bytes, usual: int) -> tuple[int, int]:
    """Where the last frame seems to begin, and how many samples there are up to its end.

    Args:
        tail: End of the file.
        usual: Samples of each frame but the last, where all have the same.
    """
    at = len(tail)
    for _ in range(CANDIDATES):
        at = tail.rfind(b"\xff", 0, at)
        if at < 0:
            break
        if tail[at : at + 2] in SYNC and (found := _end(tail[at : at + LONGEST], usual)):
            return at, found
    return 0, 0


def _end(header: bytes, usual: int) -> int:
    """Sample that a frame ends before, by its header; 0 if it is none."""
    if len(header) < SHORTEST or header[2] < FIRST_CODE or header[3] & 1:
        return 0
    first, at = _number(header)
    if at == 0:
        return 0
    code = header[2] >> 4
    own = {6: 1, 7: 2}.get(code, 0)
    length = int.from_bytes(header[at : at + own], "big") + 1 if own else LENGTHS[code]
    at += own + {12: 1, 13: 2, 14: 2}.get(header[2] & 15, 0)
    if _sum(header[: at + 1]):
        return 0
    return first * (1 if header[1] & 1 else usual) + length


def _number(header: bytes) -> tuple[int, int]:
    """Read the number of a frame or of its first sample, as UTF-8 writes letters; and its end."""
    lead = header[4]
    ones = next((n for n in range(8) if not lead << n & 0x80), 8)
    if ones == 0:
        return lead, 5
    value = lead & 0x7F >> ones
    for byte in header[5 : 4 + ones]:
        value = value << 6 | byte & 0x3F
    return value, 4 + ones if 1 < ones < 8 else 0  # noqa: PLR2004 - bits of a byte


def _sum(header: bytes) -> int:
    """Sum over a header and its own sum; 0 if it is whole."""
    total = 0
    for byte in header:
        total ^= byte
        for _ in range(8):
            total = total << 1 ^ (OF_HEADER if total & 0x80 else 0)
    return total


def _ends_with_frame(tail: bytes) -> bool:
    """Whether a frame with the right sum ends where the file does.

    A sum over what holds its own sum is 0. It is computed from the end on, so that nothing is read
    twice, however many places look like the begin of a frame.
    """
    total, power = 0, 1  # of the bytes so far, and x^(8n) for the n of them
    for at in range(len(tail) - 1, -1, -1):
        total ^= _times(power, tail[at])
        power = _times_byte(power)
        if not total and tail[at : at + 2] in SYNC:
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

"""Containers with one header of fixed form in front of the sound."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from typing import BinaryIO

from ser.features.containers.extent import Corrections, CutError, Extent

HEADER = 4096  # bytes that hold any of these headers
MOST_CHANNELS = 1024  # more mean that a number was read in the wrong order of bytes
MAT4_LITTLE, MAT4_BIG = b"\0\0\0\0\1\0\0\0\1\0\0\0", b"\0\0\x03\xe8\0\0\0\1\0\0\0\1"
LONGEST_MAGIC = 16


def inspect(file: BinaryIO, size: int) -> Corrections:
    """Compare the length in the header with the file; see ``ser.features.containers.inspect``."""
    file.seek(0)
    head = file.read(HEADER)
    promise = next(f for magic, f in PROMISES.items() if head.startswith(magic))
    try:
        return promise(head, size).check(size)
    except (struct.error, LookupError, ValueError) as error:
        raise CutError("its header is not whole") from error


def sun(head: bytes, size: int) -> Extent:
    """AU, whose writers may leave the length open."""
    begin, length = struct.unpack_from(">II", head, 4)
    return Extent(begin, length, field=8)


def sun_little(head: bytes, size: int) -> Extent:
    """AU, as DEC wrote it."""
    begin, length = struct.unpack_from("<II", head, 4)
    return Extent(begin, length, field=8, order="little")


def sphere(head: bytes, size: int) -> Extent:
    """NIST SPHERE: lines of text; the count of samples may be absent, or theirs when unpacked."""
    numbers = re.findall(rb"^(\w+) -i (\d+)", head, re.MULTILINE)
    values = {name: int(value) for name, value in numbers}
    begin = int(head.split(b"\n")[1])
    packed = re.search(rb"^sample_coding -s\d+ \S*,embedded", head, re.MULTILINE)
    if packed or not values.get(b"sample_count"):
        return Extent(begin, None)
    each = values[b"channel_count"] * values.get(b"sample_n_bytes", 1)
    return Extent(begin, values[b"sample_count"] * each)


def voc(head: bytes, size: int) -> Extent:
    """Creative Voice: the first block of sound, whose length libsndfile corrects by itself."""
    (at,) = struct.unpack_from("<H", head, 20)
    while head[at] not in {1, 9}:
        at += 4 + int.from_bytes(head[at + 1 : at + 4], "little")
    return Extent(at + 4, int.from_bytes(head[at + 1 : at + 4], "little"), width=3)


def avr(head: bytes, size: int) -> Extent:
    """Audio Visual Research: frames of 8 or 16 bits."""
    stereo, bits = struct.unpack_from(">HH", head, 12)
    (frames,) = struct.unpack_from(">I", head, 26)
    return Extent(128, frames * (2 if stereo else 1) * bits // 8)


def mpc(head: bytes, size: int) -> Extent:
    """Akai MPC 2000: frames of 16 bits."""
    (frames,) = struct.unpack_from("<I", head, 30)
    return Extent(42, frames * 2 * (2 if head[21] else 1))


def psion(head: bytes, size: int) -> Extent:
    """Psion WVE: A-law, a byte each."""
    return Extent(32, struct.unpack_from(">I", head, 18)[0])


def midi(head: bytes, size: int) -> Extent:
    """MIDI sample dump: packets of 127 bytes, numbers in sevens of bits."""
    samples = head[10] | head[11] << 7 | head[12] << 14
    in_packet = 120 // -(-head[6] // 7)
    return Extent(21, 127 * -(-samples // in_packet))


def ircam(head: bytes, size: int) -> Extent:
    """IRCAM, which has no length."""
    channels, kind = struct.unpack_from("<II", head, 8)
    if channels > MOST_CHANNELS:  # the order depends on the machine, which magic bytes leave open
        channels, kind = struct.unpack_from(">II", head, 8)
    return _of_whole_frames(1024, channels * (kind & 0xFFFF), size)


def pvf(head: bytes, size: int) -> Extent:
    """Portable Voice Format: a line of channels, rate and bits, and no length."""
    channels, _, bits = map(int, head.split(b"\n")[1].split())
    return _of_whole_frames(len(b"\n".join(head.split(b"\n")[:2])) + 1, channels * bits // 8, size)


def paf(head: bytes, size: int) -> Extent:
    """Ensoniq PARIS, which has no length; 24 bits come in blocks of ten samples."""
    order = ">" if head.startswith(b" paf") else "<"
    kind, channels = struct.unpack_from(f"{order}II", head, 16)
    return _of_whole_frames(2048, channels * {0: 2, 1: 32, 2: 1}[kind], size)


def _of_whole_frames(begin: int, each: int, size: int) -> Extent:
    """Sound without a stated length: a last frame that is broken shows that it was cut."""
    return Extent(begin, -(-max(size - begin, 0) // each) * each if each else None)


def mat4(head: bytes, size: int) -> Extent:
    """Matlab 4: a matrix with the rate, and one with the sound."""
    order, at = "<" if head.startswith(MAT4_LITTLE) else ">", 0
    sizes = {0: 8, 1: 4, 2: 4, 3: 2, 4: 2, 5: 1}  # bytes of an element, by type
    for _ in range(2):
        kind, rows, columns, _, name = struct.unpack_from(f"{order}5I", head, at)
        begin, length = at + 20 + name, rows * columns * sizes[kind % 100 // 10]
        at = begin + length
    return Extent(begin, length)


def mat5(head: bytes, size: int) -> Extent:
    """Matlab 5: two matrices likewise, each of flags, dimensions, name and numbers."""
    order = "<" if head[126:128] == b"IM" else ">"
    (length,) = struct.unpack_from(f"{order}I", head, 132)  # of the matrix with the rate
    at = 128 + 8 + length + 8
    for _ in range(4):
        kind, length = struct.unpack_from(f"{order}II", head, at)
        begin, at = at + 8, at + 8 + (0 if kind >> 16 else length + -length % 8)
    return Extent(begin, length)


PROMISES: dict[bytes, Callable[[bytes, int], Extent]] = {
    b".snd": sun,
    b"dns.": sun_little,
    b"NIST_1A": sphere,
    b"Creative Voice": voc,
    b"2BIT": avr,
    b"\x01\x04": mpc,
    b"ALawSoundFile**": psion,
    b"\xf0\x7e": midi,
    b"\x64\xa3": ircam,
    **{bytes([0, machine, 0xA3, 0x64]): ircam for machine in range(5)},
    b"PVF1\n": pvf,
    b" paf": paf,
    b"fap ": paf,
    MAT4_LITTLE: mat4,
    MAT4_BIG: mat4,
    b"MATLAB 5.0": mat5,
}

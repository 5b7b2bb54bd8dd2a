"""What audio files say of their own length: cut ones are recognised, streamed ones corrected.

libsndfile decodes what is there and does not say what is missing; here the sizes in a header are
compared with the file. A cut is not recognised where there is no size to compare with: in SD2, XI
and headerless files, in sound whose size a streaming program left open, and in MP3 without a Xing
header that was cut between frames. In PAF, PVF and IRCAM, a last frame that is broken shows it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from ser.features.containers import chunks, flac, headers, mpeg, ogg
from ser.features.containers.extent import Corrections, CutError, PartError

__all__ = ["Corrections", "CutError", "PartError", "inspect"]

Inspector = Callable[[BinaryIO, int], Corrections]
INSPECTORS: dict[bytes, Inspector] = {
    **dict.fromkeys(chunks.LAYOUTS, chunks.inspect),
    **dict.fromkeys(headers.PROMISES, headers.inspect),
    b"fLaC": flac.inspect,
    b"OggS": ogg.inspect,
    b"ID3": mpeg.inspect,
    **{bytes([0xFF, second]): mpeg.inspect for second in range(0xE0, 0x100)},
}
MAGIC = tuple(INSPECTORS)


def inspect(file: BinaryIO, size: int) -> Corrections:
    """Compare the length that a file says it has with the one that it has.

    Args:
        file: Audio file, open for reading.
        size: Its length, in bytes.

    Returns:
        Where the header does not know its length, as after streaming: what to change in the file
        so that it does, as begin, end, and the bytes to put there. Usually empty.

    Raises:
        CutError: If sound is missing.
        PartError: If libsndfile would read only a part of it.
    """
    file.seek(0)
    head = file.read(headers.LONGEST_MAGIC)
    magic = next((magic for magic in MAGIC if head.startswith(magic)), None)
    return INSPECTORS[magic](file, size) if magic else []

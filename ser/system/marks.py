"""Text whose first bytes say how it is encoded, as spreadsheets write what they call Unicode."""

from __future__ import annotations

import codecs

MARKS = (  # the longer ones first: those of UTF-32 begin as those of UTF-16 do
    *((mark, "utf-32") for mark in (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)),
    *((mark, "utf-16") for mark in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)),
)


def by_mark(content: bytes) -> str | None:
    """Text in UTF-16 or UTF-32 by its byte order mark; None where there is no such mark."""
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")
    return None

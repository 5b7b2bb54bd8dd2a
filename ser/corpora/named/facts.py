"""What was published of a corpus: the facts that a copy of it is compared with."""

from __future__ import annotations

from typing import ClassVar

from ser.corpora.named.names import Names


class Facts(Names):
    """Facts of a published corpus, beside those of ``Names``.

    Attributes:
        title: What it is called in print.
        language: What is spoken.
        url: Where to get it.
        example: A path that fits.
        total: Published number of utterances.
        voices: Published number of speakers.
        home: Folder, in small letters, that the files lie in where an archive holds others.
        people: Name of a table of the speakers, in small letters.
        listing: Name of a table that lists all files, in small letters, and its column.
        spare: How many of the names that its scheme allows were never published; None if nobody
            knows.
        silent: Published files that hold no sound, by id; they are left out, and need not be there.
        twins: Published files that are equal to the byte, a group a tuple of ids.
        quirks: What else to know of the files.
    """

    title: ClassVar[str]
    language: ClassVar[str]
    url: ClassVar[str]
    example: ClassVar[str]
    total: ClassVar[int] = 0
    voices: ClassVar[int]
    home: ClassVar[str] = ""
    people: ClassVar[str] = ""
    listing: ClassVar[tuple[str, str]] = ("", "")
    spare: ClassVar[int | None] = 0
    silent: ClassVar[tuple[str, ...]] = ()
    twins: ClassVar[tuple[tuple[str, ...], ...]] = ()
    quirks: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def published(cls) -> frozenset[str]:
        """Ids of all published files; empty where only their number is known."""
        return frozenset()

    def expected(self, ids: set[str], listed: set[str]) -> set[str]:
        """Ids that a copy should have, where ``published`` gives none; empty if nothing tells.

        Args:
            ids: Those that were found.
            listed: Those that a table beside the audio lists.
        """
        return listed

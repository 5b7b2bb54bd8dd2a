"""EmoTale, enacted emotional speech in Danish and English."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import ClassVar

from ser.corpora.named import NamedCorpus

ONE_LANGUAGE = ("014", "015", "018", "019")  # who speaks Danish alone


class EmoTale(NamedCorpus):
    """800 acted utterances, 450 Danish and 350 English, 18 speakers, 5 emotions, 48 kHz.

    ``DK_004_A_5.wav`` is Danish, speaker 004, anger, sentence 5; the English sentences translate
    the Danish ones, and have their numbers. The emotion is the enacted one. Sex and age are read
    from ``speaker_info.csv`` where it lies beside the audio.

    References:
        https://github.com/snehadas/EmoTale, whose README explains the names and whose
        ``annotations.csv`` lists all 800.
    """

    name, title, language = "emotale", "EmoTale", "Danish and English"
    url = "https://github.com/snehadas/EmoTale"
    licence = "see EmoTale_datasheet.pdf; the README of its repository names none"
    citation = (
        "M. J. Hjuler, H. V. Skat-Rørdam, L. H. Clemmensen, S. Das: EmoTale: An Enacted "
        "Speech-emotion Dataset in Danish, ASRU 2025, https://arxiv.org/abs/2508.14548"
    )
    sample_rate = 48000
    form = r"(?P<language>DK|EN)_(?P<speaker>0\d\d)_(?P<emotion>[ABHNS])_(?P<sentence>[1-5])"
    example = "DK_004_A_5.wav"
    codes: ClassVar[Mapping[str, str]] = {
        "a": "anger",
        "b": "boredom",
        "h": "happiness",
        "n": "neutral",
        "s": "sadness",
    }
    languages: ClassVar[Mapping[str, str]] = {"dk": "Danish", "en": "English"}
    counts: Mapping[str, int] = dict.fromkeys(codes.values(), 160)
    voices = 18
    capitals = True
    people = "speaker_info.csv"
    quirks = (
        "there is no speaker 002",
        f"{', '.join(ONE_LANGUAGE)} speak Danish alone, all others both languages",
    )

    @classmethod
    def published(cls) -> frozenset[str]:
        """Each sentence in each emotion by each speaker, in the languages of the speaker."""
        speakers = [f"{number:03d}" for number in range(1, 20) if number != 2]  # noqa: PLR2004
        spoken = [("DK", who) for who in speakers]
        spoken += [("EN", who) for who in speakers if who not in ONE_LANGUAGE]
        every = product(spoken, (code.upper() for code in cls.codes), "12345")
        return frozenset("_".join((*whose, code, number)) for whose, code, number in every)

    def speaker_of(self, said: Mapping[str, str]) -> str:
        """Three digits."""
        return said["speaker"]

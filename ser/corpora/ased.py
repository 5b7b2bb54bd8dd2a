"""The Amharic Speech Emotion Dataset."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import ClassVar

from ser.corpora.named import NamedCorpus

WOMEN = "01 03 05 07 09 11 13 15 17 19 21 23 25 27 29 31 33 35 37 43 47 48 49 58 62"
# Whose takes of the two sentences that are common to all emotions judges accepted, by emotion.
COMMON = {
    "n1": "01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 24 25 26 32 34 35 36 "
    "37 38 39 41 42 44 46 47 50",
    "f2": "01 02 03 04 05 06 10 12 13 14 15 17 18 19 21 25 26 27 28 29 30 31 32 33 36 37 38 39 40 "
    "41 42 43 44 47 50",
    "h3": "01 02 03 04 05 06 08 09 10 13 15 16 17 18 19 22 24 27 28 29 30 32 33 39 41 43 47 49 50",
    "s4": "01 02 03 04 06 07 09 11 13 14 24 25 26 27 28 29 30 32 35 36 38 39 41 47 50",
    "a5": "01 02 03 04 05 06 07 09 10 12 13 14 18 19 25 26 27 28 29 30 32 33 37 38 39 41 46 49 50",
}
# And of the five that each emotion has of its own; the same people said all of them.
OWN = (
    "01 04 05 06 10 11 13 20 21 23 25 26 27 28 29 30 31 39 41 45 48 50 51 52 53 54 55 56 57 58 59 "
    "60 61 62 63 64 65"
)
REPLACED = {("a5", "02", "49"): "47"}  # sentence 2 of anger is by another of the women
MALE = ("f2-01-01-02-15", "f2-02-01-02-25", "s4-01-02-02-09")  # by women, as their speakers tell


class ASED(NamedCorpus):
    """2 474 acted Amharic utterances, 65 speakers of four dialects, 5 emotions, 16 kHz.

    ``05Angry/a5-03-01-02-50.wav`` is anger, sentence 3, first repetition, a man (02), speaker 50.
    Recordings that judges rejected are left out. Files are counted by emotion; those that are
    missing then are named as its repository and EmoBox list them.

    References:
        https://github.com/wgwangang/ASED_V1, whose README explains the names and counts 2 474 files
        of 25 women and 40 men; https://github.com/emo-box/EmoBox, whose ``data/ased`` lists them.
    """

    name, title, language = "ased", "ASED", "Amharic"
    url = "https://github.com/wgwangang/ASED_V1"
    licence = "its repository names none; its article calls it freely available"
    citation = (
        "E. A. Retta, E. Almekhlafi, R. Sutcliffe, M. Mhamed, H. Ali, J. Feng: A New Amharic "
        "Speech Emotion Dataset and Classification Benchmark, ACM Transactions on Asian and "
        "Low-Resource Language Information Processing 22(1), 2023, https://doi.org/10.1145/3529759"
    )
    form = (
        r"(?P<emotion>[nfhsa])\d-(?P<sentence>\d\d)-(?P<repetition>\d\d)-(?P<sex>0[12])"
        r"-(?P<speaker>\d\d) ?"
    )
    example = "05Angry/a5-03-01-02-50.wav"
    codes: ClassVar[Mapping[str, str]] = {
        "n": "neutral",
        "f": "fear",
        "h": "happiness",
        "s": "sadness",
        "a": "anger",
    }
    counts: Mapping[str, int] = {
        "anger": 486,
        "fear": 510,
        "happiness": 486,
        "neutral": 522,
        "sadness": 470,
    }
    voices = 65
    folders: ClassVar[Mapping[str, str]] = {
        "01neutral": "neutral",
        "02fearful": "fear",
        "03happy": "happiness",
        "04sad": "sadness",
        "05angry": "anger",
    }
    quirks = (
        "S4-04-02-01-29 begins with a capital letter",
        f"some names of women have the code of men, such as {MALE[0]}: the speaker tells the sex",
        "some files are equal to the byte, also those of different speakers",
        "two sentences are spoken in every emotion, the others in one alone; the same number "
        "stands for other texts in other emotions",
    )

    def expected(self, ids: set[str], listed: set[str]) -> set[str]:
        """What judges accepted, whichever code of sex its name has."""
        found = {_take(name): name for name in ids}
        return {found.get(_take(name), name) for name in accepted()}

    def sex_of(self, speaker: str, said: object) -> str:
        """As most names of the speaker have it."""
        return "f" if speaker in WOMEN.split() else "m"


def accepted() -> set[str]:
    """Ids of all files, each sentence of a speaker twice."""
    sentences = {
        (code, f"{number:02d}"): (COMMON[code] if number in (1, 2) else OWN).split()
        for code, number in product(COMMON, range(1, 8))
    }
    every = (
        (code, sentence, take, REPLACED.get((code, sentence, speaker), speaker))
        for (code, sentence), speakers in sentences.items()
        for take, speaker in product(("01", "02"), speakers)
    )
    odd = {_take(name): name for name in MALE}
    return {
        odd.get(
            said, f"{'-'.join(said[:3])}-{'01' if said[3] in WOMEN.split() else '02'}-{said[3]}"
        )
        for said in every
    }


def _take(name: str) -> tuple[str, ...]:
    """What a name says apart from the sex."""
    *take, _, speaker = name.split("-")
    return (*take, speaker)

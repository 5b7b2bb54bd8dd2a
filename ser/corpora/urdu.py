"""The URDU dataset of emotional utterances from talk shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from ser.corpora.named import NamedCorpus

# Speakers in the order in which the files of an emotion are numbered, and how many are theirs.
TURNS = {
    "A": {"SM1": 22, "SM2": 28, "SM3": 2, "SM4": 48},
    "H": {
        "SF1": 12, "SF2": 2, "SF3": 2, "SF4": 4, "SF5": 4, "SF6": 14, "SF7": 6, "SF8": 2,
        "SM17": 2, "SM18": 2, "SM19": 2, "SM3": 2, "SM5": 8, "SM6": 10, "SM7": 28,
    },
    "N": {"SF9": 4, "SM20": 10, "SM21": 4, "SM22": 2, "SM3": 8, "SM5": 72},
    "S": {
        "SF10": 2, "SF11": 4, "SM23": 6, "SM24": 38, "SM25": 40, "SM26": 2, "SM27": 4, "SM6": 4,
    },
}  # fmt: skip


class URDU(NamedCorpus):
    """400 spontaneous Urdu utterances from talk shows, 4 emotions.

    ``Angry/SM1_F10_A010.wav`` is the first man, his tenth file, and the tenth of anger.

    References:
        https://github.com/siddiquelatif/URDU-Dataset
    """

    name, title, language = "urdu", "URDU", "Urdu"
    url = "https://github.com/siddiquelatif/URDU-Dataset"
    licence = "for research only, says its README"
    citation = (
        "S. Latif, A. Qayyum, M. Usman, J. Qadir: Cross Lingual Speech Emotion Recognition: Urdu "
        "vs. Western Languages, FIT 2018, pp. 88-93, https://doi.org/10.1109/FIT.2018.00023"
    )
    sample_rate = 44100
    form = r"(?P<speaker>S(?P<sex>[FM])\d{1,2})_F\d{1,2}_(?P<emotion>[AHNS])\d{1,4}"
    example = "Angry/SM1_F10_A010.wav"
    codes: ClassVar[Mapping[str, str]] = {
        "a": "anger",
        "h": "happiness",
        "n": "neutral",
        "s": "sadness",
    }
    counts: Mapping[str, int] = dict.fromkeys(codes.values(), 100)
    voices = 29
    capitals = True
    folders: ClassVar[Mapping[str, str]] = {
        "angry": "anger",
        "happy": "happiness",
        "neutral": "neutral",
        "sad": "sadness",
    }
    quirks = (
        "names tell 29 speakers (18 men, 11 women), where article and README have 38 (27 men)",
        "most speakers are heard in one emotion alone, and SM5 says 72 of 100 neutral utterances",
    )

    @classmethod
    def published(cls) -> frozenset[str]:
        """A hundred files of each emotion, numbered through its speakers."""
        names = set()
        for letter, turns in TURNS.items():
            own = [(who, take) for who, times in turns.items() for take in range(1, times + 1)]
            names |= {f"{who}_F{take}_{letter}0{n}" for n, (who, take) in enumerate(own, 1)}
        return frozenset(names)

"""The Mexican Emotional Speech Database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from itertools import product
from typing import ClassVar

from ser.corpora.named import NamedCorpus


class MESD(NamedCorpus):
    """862 acted Mexican Spanish utterances of single words, 6 emotions, 48 kHz.

    ``Anger_F_A_abajo.wav`` is anger, an adult woman (*F*; *M* a man, *C* a child), word list A,
    the word *abajo*. Names do not tell which of the several women, men and children it is:
    ``speaker`` is the voice, which is as much as can be kept apart.

    References:
        https://data.mendeley.com/datasets/cy34mh68j9, whose page explains the names;
        https://github.com/emo-box/EmoBox, whose ``data/mesd`` has the counts.
    """

    name, title, language = "mesd", "MESD", "Spanish (Mexico)"
    url = "https://data.mendeley.com/datasets/cy34mh68j9"
    licence = "CC BY 4.0, says its page at Mendeley Data"
    citation = (
        "M. M. Duville, L. M. Alonso-Valerdi, D. I. Ibarra-Zarate: The Mexican Emotional Speech "
        "Database (MESD): elaboration and assessment based on machine learning, EMBC 2021, "
        "https://doi.org/10.1109/EMBC46164.2021.9629934"
    )
    sample_rate = 48000
    form = (
        r"(?P<emotion>anger|disgust|fear|happiness|neutral|sadness)_(?P<speaker>[CFM])"
        r"_(?P<list>[AB])_(?P<sentence>\w+)"
    )
    example = "Anger_F_A_abajo.wav"
    codes: ClassVar[Mapping[str, str]] = {
        "anger": "anger",
        "disgust": "disgust",
        "fear": "fear",
        "happiness": "happiness",
        "neutral": "neutral",
        "sadness": "sadness",
    }
    counts: Mapping[str, int] = {
        emotion: 143 if emotion in ("anger", "neutral") else 144 for emotion in codes.values()
    }
    voices = 3
    spare = 2
    quirks = (
        "names tell three voices, not the 11 speakers: cv=speaker leaves a voice out",
        "two of the 864 recordings that its design has were not published",
    )

    def expected(self, ids: set[str], listed: set[str]) -> set[str]:
        """Words of a list that another voice says; those of list A in every emotion."""
        words: dict[tuple[str, str], set[str]] = defaultdict(set)
        for name in ids:
            emotion, _, part, word = name.split("_", 3)
            for each in self.codes if part == "A" else [emotion.lower()]:
                words[each, part].add(word)
        return {
            f"{emotion.title()}_{voice}_{part}_{word}"
            for (emotion, part), own in words.items()
            for voice, word in product("CFM", own)
        }

    def id_of(self, said: Mapping[str, str]) -> str:
        """Name of the file."""
        head = f"{said['emotion'].title()}_{said['speaker'].upper()}_{said['list'].upper()}"
        return f"{head}_{said['sentence']}"

    def speaker_of(self, said: Mapping[str, str]) -> str:
        """``F``, ``M`` or ``C``."""
        return said["speaker"].upper()

    def sex_of(self, speaker: str, said: object) -> str | None:
        """Of adults alone."""
        return self.sexes.get(speaker.lower())

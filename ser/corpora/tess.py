"""The Toronto Emotional Speech Set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import product
from typing import ClassVar

from ser.corpora.named import NamedCorpus

SPEAKERS = ("OAF", "YAF")
FOLDERS = {
    "angry": "anger",
    "disgust": "disgust",
    "fear": "fear",
    "happy": "happiness",
    "neutral": "neutral",
    "pleasant_surprise": "surprise",
    "pleasant_surprised": "surprise",
    "sad": "sadness",
}
ONCE_MORE = 2  # files of a word, for it to be one of the corpus and no slip in a name


class TESS(NamedCorpus):
    """2 800 acted English utterances of 200 words, 2 women of 64 and 26 years, 7 emotions.

    ``OAF_angry/OAF_back_angry.wav`` is the older adult female, *Say the word back*, anger; *ps* is
    the pleasant surprise. Mirrors hold the folders twice, one within the other.

    References:
        https://doi.org/10.5683/SP2/E8H2MF and https://tspace.library.utoronto.ca/handle/1807/24487
    """

    name, title, language = "tess", "TESS", "English (Canada)"
    url = "https://doi.org/10.5683/SP2/E8H2MF"
    licence = "CC BY-NC-ND 4.0, says its page at the University of Toronto"
    citation = (
        "M. K. Pichora-Fuller, K. Dupuis: Toronto emotional speech set (TESS), Borealis, 2020, "
        "https://doi.org/10.5683/SP2/E8H2MF"
    )
    sample_rate = 24414
    form = (
        r"(?P<speaker>OAF?|YAF)_(?P<sentence>[a-z]+)"
        r"_(?P<emotion>angry|disgust|fear|happy|neutral|ps|sad)"
    )
    example = "OAF_angry/OAF_back_angry.wav"
    codes: ClassVar[Mapping[str, str]] = {
        "angry": "anger",
        "disgust": "disgust",
        "fear": "fear",
        "happy": "happiness",
        "neutral": "neutral",
        "ps": "surprise",
        "sad": "sadness",
    }
    counts: Mapping[str, int] = dict.fromkeys(codes.values(), 400)
    voices = 2
    folders: ClassVar[Mapping[str, str]] = {
        f"{speaker}_{word}": emotion
        for speaker in ("oaf", "yaf")
        for word, emotion in FOLDERS.items()
    }
    quirks = (
        "OA_bite_neutral lacks the F of its speaker, and has 96 kHz where others have 24.414 kHz",
        "folders of pleasant surprise are called OAF_Pleasant_surprise and YAF_pleasant_surprised",
        "with two speakers, cv=speaker leaves none for validation",
    )

    def expected(self, ids: set[str], listed: set[str]) -> set[str]:
        """Words that were found for other emotions or by the other speaker."""
        words = Counter(name.split("_")[1] for name in ids)
        known = [word for word, times in words.items() if times >= ONCE_MORE]
        return {"_".join(each) for each in product(SPEAKERS, known, self.codes)}

    def id_of(self, said: Mapping[str, str]) -> str:
        """Name of the file, with the whole name of its speaker."""
        return f"{self.speaker_of(said)}_{said['sentence']}_{said['emotion']}"

    def speaker_of(self, said: Mapping[str, str]) -> str:
        """``OAF`` or ``YAF``."""
        return said["speaker"].upper().ljust(3, "F")

    def sex_of(self, speaker: str, said: object) -> str:
        """Both are women."""
        return "f"

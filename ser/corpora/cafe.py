"""CaFE, the Canadian French emotional speech dataset."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import ClassVar

from ser.corpora.named import NamedCorpus


class CaFE(NamedCorpus):
    """936 acted French utterances, 12 actors, 6 sentences, 7 emotions, 48 kHz.

    ``Colère/Faible/01-C-1-1.wav`` is actor 01, anger (*colère*), mild (1; 2 is strong), sentence
    1; actors of odd numbers are men. ``style`` is the intensity. The wavs of the archive of
    48 kHz are read, not the AIFF files of that of 192 kHz.

    References:
        https://zenodo.org/records/1478765, whose page explains the names.
    """

    name, title, language = "cafe", "CaFE", "French (Canada)"
    url = "https://zenodo.org/records/1478765 (CaFE_48k.zip)"
    licence = "CC BY-NC-SA 4.0, says its page at Zenodo"
    citation = (
        "P. Gournay, O. Lahaie, R. Lefebvre: A Canadian French Emotional Speech Dataset, ACM "
        "MMSys 2018, https://doi.org/10.1145/3204949.3208121"
    )
    sample_rate = 48000
    form = r"(?P<speaker>0[1-9]|1[0-2])-(?P<emotion>[CDJNPST])-(?P<style>[12])-(?P<sentence>[1-6])"
    example = "Colère/Faible/01-C-1-1.wav"
    codes: ClassVar[Mapping[str, str]] = {
        "c": "anger",
        "d": "disgust",
        "j": "happiness",
        "n": "neutral",
        "p": "fear",
        "s": "surprise",
        "t": "sadness",
    }
    styles: ClassVar[Mapping[str, str]] = {"1": "mild", "2": "strong"}
    counts: Mapping[str, int] = {
        emotion: 72 if emotion == "neutral" else 144 for emotion in sorted(codes.values())
    }
    voices = 12
    capitals = True
    quirks = ("neutral is spoken in one intensity, and half as often",)

    @classmethod
    def published(cls) -> frozenset[str]:
        """Each emotion, intensity and sentence of each actor."""
        actors = (f"{actor:02d}" for actor in range(1, 13))
        every = product(actors, (code.upper() for code in cls.codes), "12", "123456")
        return frozenset("-".join(each) for each in every if each[1:3] != ("N", "2"))

    def sex_of(self, speaker: str, said: object) -> str:
        """Men have odd numbers."""
        return "m" if int(speaker) % 2 else "f"

"""The Ryerson Audio-Visual Database of Emotional Speech and Song: its audio-only speech."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import ClassVar

from ser.corpora.named import NamedCorpus


class RAVDESS(NamedCorpus):
    """1 440 acted English utterances, 24 actors, 2 statements, 8 emotions, 48 kHz.

    ``Actor_01/03-01-05-02-01-02-01.wav`` is audio alone (03) of speech (01), anger (05), strong
    (02), statement 1, repetition 2, actor 01; actors of odd numbers are men. ``style`` is the
    intensity. Videos and songs of the same database may lie beside it and are not read.

    References:
        https://zenodo.org/records/1188976, whose page explains the names.
    """

    name, title, language = "ravdess", "RAVDESS", "English (North America)"
    url = "https://zenodo.org/records/1188976 (Audio_Speech_Actors_01-24.zip)"
    licence = "CC BY-NC-SA 4.0, says its page at Zenodo"
    citation = (
        "S. R. Livingstone, F. A. Russo: The Ryerson Audio-Visual Database of Emotional Speech and "
        "Song (RAVDESS), PLoS ONE 13(5), 2018, https://doi.org/10.1371/journal.pone.0196391"
    )
    sample_rate = 48000
    form = (
        r"03-01-(?P<emotion>0[1-8])-(?P<style>0[12])-(?P<sentence>0[12])-0[12]"
        r"-(?P<speaker>0[1-9]|1\d|2[0-4])"
    )
    example = "Actor_01/03-01-05-02-01-02-01.wav"
    codes: ClassVar[Mapping[str, str]] = {
        "01": "neutral",
        "02": "calm",
        "03": "happiness",
        "04": "sadness",
        "05": "anger",
        "06": "fear",
        "07": "disgust",
        "08": "surprise",
    }
    styles: ClassVar[Mapping[str, str]] = {"01": "normal", "02": "strong"}
    counts: Mapping[str, int] = {
        emotion: 96 if emotion == "neutral" else 192 for emotion in sorted(codes.values())
    }
    voices = 24
    twins = (("03-01-03-01-02-01-07", "03-01-03-01-02-02-07"),)
    quirks = (
        "five files are stereo, with equal channels: 03-01-02-01-01-02-01, 03-01-08-01-02-02-01, "
        "03-01-02-01-02-02-05, 03-01-03-01-02-01-20, 03-01-06-01-01-02-20",
        "neutral is spoken in normal intensity alone, and half as often",
    )

    @classmethod
    def published(cls) -> frozenset[str]:
        """Each emotion, intensity, statement and repetition of each actor."""
        actors = (f"{actor:02d}" for actor in range(1, 25))
        pairs = ("01", "02")
        every = product(cls.codes, pairs, pairs, pairs, actors)
        return frozenset(f"03-01-{'-'.join(i)}" for i in every if i[:2] != ("01", "02"))

    def sex_of(self, speaker: str, said: object) -> str:
        """Men have odd numbers."""
        return "m" if int(speaker) % 2 else "f"

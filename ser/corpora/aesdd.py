"""AESDD, the Acted Emotional Speech Dynamic Database."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import ClassVar

from ser.corpora.named import NamedCorpus

ABSENT = {"d18-5", "f02-4", "h11-3", "s01-5"}
SECOND = {"a06-5b", "d01-5b", "d03-5b", "d04-5b", "f18-5b", "s01-5a", "s01-5b", "s02-5b", "s04-5b"}


class AESDD(NamedCorpus):
    """605 acted Greek utterances, 6 actors, 20 sentences, 5 emotions, 44.1 kHz.

    ``anger/a03 (4).wav`` is anger, sentence 3, actor 4; ``a06 (5)b.wav`` is a second take. The
    database is dynamic and may grow: these are the files of its first version. ``s05 (3)`` has no
    samples and is left out, so that 604 remain.

    References:
        http://m3c.web.auth.gr/research/aesdd-speech-emotion-recognition/; names as
        https://github.com/emo-box/EmoBox lists them in ``data/aesdd``, which has 604 that decode.
    """

    name, title, language = "aesdd", "AESDD", "Greek"
    url = "http://m3c.web.auth.gr/research/aesdd-speech-emotion-recognition/"
    licence = "its page offers it for research and asks for a citation"
    citation = (
        "N. Vryzas, R. Kotsakis, A. Liatsou, C. A. Dimoulas, G. Kalliris: Speech Emotion "
        "Recognition for Performance Interaction, Journal of the Audio Engineering Society 66(6), "
        "2018, https://doi.org/10.17743/jaes.2018.0036"
    )
    sample_rate = 44100
    form = (
        r"(?P<emotion>[adfhs])(?P<sentence>0[1-9]|1\d|20) ?\(0?(?P<speaker>[1-6])\)(?P<take>[ab]?)"
    )
    example = "anger/a03 (4).wav"
    codes: ClassVar[Mapping[str, str]] = {
        "a": "anger",
        "d": "disgust",
        "f": "fear",
        "h": "happiness",
        "s": "sadness",
    }
    counts: Mapping[str, int] = {
        "anger": 121,
        "disgust": 122,
        "fear": 120,
        "happiness": 119,
        "sadness": 123,
    }
    voices = 6
    silent = ("s05-3",)
    folders: ClassVar[Mapping[str, str]] = {emotion: emotion for emotion in codes.values()}
    quirks = (
        "names look like copies that a system has made: a03 (4)",
        "some have a zero, such as f10 (01), and some a second take, such as a06 (5)b",
        "s05 (3) cannot be decoded, for it has no samples, and is left out",
    )

    @classmethod
    def published(cls) -> frozenset[str]:
        """Nearly each sentence in each emotion by each actor, and some of them twice."""
        every = product(cls.codes, range(1, 21), range(1, 7))
        names = {f"{code}{sentence:02d}-{speaker}" for code, sentence, speaker in every}
        return frozenset(names - ABSENT | SECOND)

    def id_of(self, said: Mapping[str, str]) -> str:
        """Name of the file without brackets, such as ``a03-4``."""
        return f"{said['emotion']}{said['sentence']}-{said['speaker']}{said['take']}"

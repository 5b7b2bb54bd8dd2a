"""The Surrey Audio-Visual Expressed Emotion database: its audio."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import ClassVar

from ser.corpora.named import NamedCorpus


class SAVEE(NamedCorpus):
    """480 acted English utterances, 4 men, 7 emotions, 44.1 kHz.

    ``AudioData/DC/a01.wav``, or ``DC_a01.wav`` as mirrors have it, is speaker DC, anger, sentence
    1. Sentences are numbered anew for each emotion, and names do not tell which of them are the
    same text: there is no ``sentence``.

    References:
        http://kahlan.eps.surrey.ac.uk/savee/, and ``AudioData/Info.txt`` of the archive.
    """

    name, title, language = "savee", "SAVEE", "English (Britain)"
    url = "http://kahlan.eps.surrey.ac.uk/savee/Download.html (after registration)"
    licence = "free for research after registration with the University of Surrey"
    citation = (
        "S. Haq, P. J. B. Jackson: Multimodal Emotion Recognition, in W. Wang (ed.), Machine "
        "Audition: Principles, Algorithms and Systems, IGI Global, 2010, pp. 398-423, "
        "https://doi.org/10.4018/978-1-61520-919-4.ch017"
    )
    sample_rate = 44100
    form = r"(?P<speaker>DC|JE|JK|KL)[/_](?P<take>(?P<emotion>sa|su|[adfhn])(?P<number>\d\d))"
    example = "AudioData/DC/a01.wav"
    codes: ClassVar[Mapping[str, str]] = {
        "a": "anger",
        "d": "disgust",
        "f": "fear",
        "h": "happiness",
        "n": "neutral",
        "sa": "sadness",
        "su": "surprise",
    }
    counts: Mapping[str, int] = {
        emotion: 120 if emotion == "neutral" else 60 for emotion in codes.values()
    }
    voices = 4
    quirks = ("neutral is spoken twice as often", "no women speak")

    @classmethod
    def published(cls) -> frozenset[str]:
        """15 sentences of each emotion and 30 neutral ones by each speaker."""
        speakers = ("DC", "JE", "JK", "KL")
        takes = {code: 30 if code == "n" else 15 for code in cls.codes}
        return frozenset(
            f"{speaker}_{code}{number:02d}"
            for speaker, code in product(speakers, cls.codes)
            for number in range(1, takes[code] + 1)
        )

    def id_of(self, said: Mapping[str, str]) -> str:
        """Speaker and name, whether a folder or the file names the speaker."""
        return f"{said['speaker'].upper()}_{said['take']}"

    def speaker_of(self, said: Mapping[str, str]) -> str:
        """Initials."""
        return said["speaker"].upper()

    def sex_of(self, speaker: str, said: object) -> str:
        """All of them are men."""
        return "m"

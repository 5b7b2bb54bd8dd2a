"""The Amharic Speech Emotion Dataset."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from ser.corpora.named import NamedCorpus


class ASED(NamedCorpus):
    """2 474 acted Amharic utterances, 65 speakers of four dialects, 5 emotions, 16 kHz.

    ``05Angry/a5-03-01-02-50.wav`` is anger, sentence 3, first repetition, a man (02), speaker 50.
    Recordings that judges rejected are left out, so that names cannot be told from their scheme.

    References:
        https://github.com/wgwangang/ASED_V1, whose README explains the names.
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
    sexes: ClassVar[Mapping[str, str]] = {"01": "f", "02": "m"}
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
        "some files are equal to the byte, also those of different speakers",
        "two sentences are spoken in every emotion, the others in one alone; the same number "
        "stands for other texts in other emotions",
    )

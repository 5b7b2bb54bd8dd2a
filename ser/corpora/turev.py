"""TurEV-DB, the Turkish emotion-voice database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from ser.corpora.named import NamedCorpus


class TurEV(NamedCorpus):
    """1 735 acted Turkish utterances of single words, 6 amateur actors, 4 emotions.

    ``Sound Source/Angry/1157_kz_acik.wav`` is speaker 1157, anger (*kızgın*), the word *açık*.
    The repository has filtered copies of some files elsewhere, which are not read.

    References:
        https://github.com/Xeonen/TurEV-DB
    """

    name, title, language = "turev", "TurEV-DB", "Turkish"
    url = "https://github.com/Xeonen/TurEV-DB"
    licence = "CC BY-NC-ND 4.0, says its repository"
    citation = (
        "S. F. Canpolat, Z. Ormanoğlu, D. Zeyrek: Turkish Emotion Voice Database (TurEV-DB), "
        "SLTU and CCURL 2020, pp. 368-375, https://aclanthology.org/2020.sltu-1.52"
    )
    sample_rate = 44100
    form = r"(?P<speaker>\d{4})_(?P<emotion>hl|kz|mt|sk)_(?P<sentence>[\w-]+)(?:\.webm)?"
    example = "Sound Source/Angry/1157_kz_acik.wav"
    home = "sound source"
    codes: ClassVar[Mapping[str, str]] = {
        "hl": "sadness",
        "kz": "anger",
        "mt": "happiness",
        "sk": "calm",
    }
    counts: Mapping[str, int] = {"anger": 487, "calm": 408, "happiness": 357, "sadness": 483}
    voices = 6
    folders: ClassVar[Mapping[str, str]] = {
        "angry": "anger",
        "calm": "calm",
        "happy": "happiness",
        "sad": "sadness",
    }
    quirks = ("words that listeners did not recognise are left out: not all are of all speakers",)

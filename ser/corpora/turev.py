"""TurEV-DB, the Turkish emotion-voice database."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import ClassVar

from ser.corpora.named import NamedCorpus

SPEAKERS = ("1157", "1234", "1358", "1984", "6783", "7895")
WORDS = (
    "acik algi beste bugu cay cekirge cene ceren cilek defne demet demir deve deyim dil dizge "
    "dugun eger elmacik eski firildak gezi gicik goz gunes gurbuz hekim igde isirgan japon kagit "
    "karton kedi kemik kibir kiler kirgin koku konuk koy kulac kusluk kustah lokma lufer melek "
    "mujde nasil nicin odenek ogul okul olcut ordek orgu pamuk pas pihti rihtim saf sarap sarj "
    "satir senlik sepet serin sevgi simit soba sucuk tahta tembel tirtil turev unlu utanc vurgu "
    "yanki yazim yigilmak yigin zeytin"
)
NUMBERED = "7895_hl_ogul"  # the one name with a number after the word
# What is not there of a speaker and an emotion: listeners did not recognise it.
ABSENT = {
    ("1157", "hl"): "cekirge ceren demir deve okul olcut ordek sarap senlik",
    ("1157", "kz"): "defne kirgin koy nasil orgu",
    ("1157", "mt"): WORDS,
    ("1157", "sk"): WORDS,
    ("7895", "mt"): (
        "acik algi beste cay cekirge ceren defne demet deve deyim dil dugun eger elmacik firildak "
        "gezi gicik goz gurbuz igde isirgan japon kagit karton kedi kiler koku koy lokma mujde "
        "nicin odenek olcut ordek orgu pamuk pihti rihtim saf sarap sarj senlik sepet serin simit "
        "soba tahta tirtil vurgu yanki yigilmak yigin zeytin"
    ),
    ("7895", "sk"): "elmacik okul",
}


class TurEV(NamedCorpus):
    """1 735 acted Turkish utterances of single words, 6 amateur actors, 4 emotions.

    ``Sound Source/Angry/1157_kz_acik.wav`` is speaker 1157, anger (*kızgın*), the word *açık*.
    The repository has filtered copies of some files elsewhere, which are not read.

    References:
        https://github.com/Xeonen/TurEV-DB; files as https://github.com/emo-box/EmoBox lists them
        in ``data/turevdb``.
    """

    name, title, language = "turev", "TurEV-DB", "Turkish"
    url = "https://github.com/Xeonen/TurEV-DB"
    licence = "CC BY-NC-ND 4.0, says its repository"
    citation = (
        "S. F. Canpolat, Z. Ormanoğlu, D. Zeyrek: Turkish Emotion Voice Database (TurEV-DB), "
        "SLTU and CCURL 2020, pp. 368-375, https://aclanthology.org/2020.sltu-1.52"
    )
    sample_rate = 44100
    form = r"(?P<speaker>\d{4})_(?P<emotion>hl|kz|mt|sk)_(?P<sentence>[\w-]+?)\d?(?:\.webm)?"
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
    quirks = (
        "words that listeners did not recognise are left out: not all are of all speakers",
        "1157 is heard in anger and sadness alone, and 7895 in 29 of 82 happy words",
        f"{NUMBERED}1 is the word ogul",
    )

    @classmethod
    def published(cls) -> frozenset[str]:
        """Each word in each emotion by each speaker, without those that were left out."""
        names = (
            f"{speaker}_{code}_{word}"
            for speaker, code, word in product(SPEAKERS, cls.codes, WORDS.split())
            if word not in ABSENT.get((speaker, code), "").split()
        )
        return frozenset(f"{name}1" if name == NUMBERED else name for name in names)

    def id_of(self, said: Mapping[str, str]) -> str:
        """Name of the file without its endings."""
        return said["id"].removesuffix(".webm")

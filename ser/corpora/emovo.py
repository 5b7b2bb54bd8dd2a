"""EMOVO, the Italian emotional speech database."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import ClassVar

from ser.corpora.named import NamedCorpus

SENTENCES = ("b1", "b2", "b3", "l1", "l2", "l3", "l4", "n1", "n2", "n3", "n4", "n5", "d1", "d2")


class EMOVO(NamedCorpus):
    """588 acted Italian utterances, 6 actors, 14 sentences, 7 emotions, 48 kHz.

    ``f1/dis-f1-b1.wav`` is disgust (*disgusto*), the first woman, short sentence (*breve*) 1.

    References:
        Costantini et al., LREC 2014; names as EmoBox lists them, https://github.com/emo-box/EmoBox
    """

    name, title, language = "emovo", "EMOVO", "Italian"
    url = "http://voice.fub.it/activities/corpora/emovo/index.html, or a mirror of it"
    licence = "none is known; its makers publish it for research"
    citation = (
        "G. Costantini, I. Iaderola, A. Paoloni, M. Todisco: EMOVO Corpus: an Italian Emotional "
        "Speech Database, LREC 2014, pp. 3501-3504"
    )
    sample_rate = 48000
    form = (
        r"(?P<emotion>dis|gio|neu|pau|rab|sor|tri)-(?P<speaker>(?P<sex>[fm])[1-3])"
        rf"-(?P<sentence>{'|'.join(SENTENCES)})"
    )
    example = "f1/dis-f1-b1.wav"
    codes: ClassVar[Mapping[str, str]] = {
        "dis": "disgust",
        "gio": "happiness",
        "neu": "neutral",
        "pau": "fear",
        "rab": "anger",
        "sor": "surprise",
        "tri": "sadness",
    }
    counts: Mapping[str, int] = dict.fromkeys(sorted(codes.values()), 84)
    voices = 6

    @classmethod
    def published(cls) -> frozenset[str]:
        """Each sentence in each emotion by each actor."""
        speakers = ("f1", "f2", "f3", "m1", "m2", "m3")
        return frozenset("-".join(each) for each in product(cls.codes, speakers, SENTENCES))

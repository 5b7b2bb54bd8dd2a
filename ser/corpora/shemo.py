"""ShEMO, the Sharif emotional speech database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import ClassVar

from ser.corpora.named import NamedCorpus


class ShEMO(NamedCorpus):
    """3 000 semi-natural Persian utterances from radio plays, 87 speakers, 6 emotions, 44.1 kHz.

    ``female/F01A01.wav`` is the first woman, anger, her first utterance of it; *W* is surprise.
    Names count on from 1, and how far cannot be told from their scheme: only what lies between
    two files can be named where some are missing.

    References:
        https://github.com/mansourehk/ShEMO, which has ``female.zip`` and ``male.zip``; names as in
        https://github.com/pariajm/sharif-emotional-speech-dataset
    """

    name, title, language = "shemo", "ShEMO", "Persian"
    url = "https://github.com/mansourehk/ShEMO"
    licence = "free of charge for academic purposes, says its article"
    citation = (
        "O. Mohamad Nezami, P. Jamshid Lou, M. Karami: ShEMO: a large-scale validated database for "
        "Persian speech emotion detection, Language Resources and Evaluation 53(1), 2019, "
        "https://doi.org/10.1007/s10579-018-9427-x"
    )
    sample_rate = 44100
    form = r"(?P<speaker>(?P<sex>[FM])\d\d)(?P<emotion>[AFHNSW])\d{2,3}"
    example = "female/F01A01.wav"
    codes: ClassVar[Mapping[str, str]] = {
        "a": "anger",
        "f": "fear",
        "h": "happiness",
        "n": "neutral",
        "s": "sadness",
        "w": "surprise",
    }
    counts: Mapping[str, int] = {
        "anger": 1059,
        "fear": 38,
        "happiness": 201,
        "neutral": 1028,
        "sadness": 449,
        "surprise": 225,
    }
    voices = 87
    capitals = True
    spare = None
    quirks = ("fear has 38 utterances of 3 000", "lists of 2 838 are of a later, corrected version")

    def expected(self, ids: set[str], listed: set[str]) -> set[str]:
        """Numbers up to the last one, for each speaker and emotion."""
        numbers: dict[str, set[int]] = defaultdict(set)
        for name in ids:
            numbers[name[:4]].add(int(name[4:]))
        every = {f"{key}{n:02d}" for key, own in numbers.items() for n in range(1, max(own))}
        return every | ids

"""nEMO, the dataset of emotional speech in Polish."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from ser.corpora.named import NamedCorpus


class NEMO(NamedCorpus):
    """4 481 acted Polish utterances, 9 actors, 90 sentences, 6 emotions, 24 kHz.

    ``samples/SB0_anger_1.wav`` is speaker SB0, anger, sentence 1. Takes that were not good enough
    are left out, so that names cannot be told from their scheme: ``data.tsv``, which lies beside
    ``samples``, lists all, and says sex and age of the speakers.

    References:
        https://github.com/amu-cai/nEMO, whose README explains the names, and
        https://huggingface.co/datasets/amu-cai/nEMO, whose card has the counts.
    """

    name, title, language = "nemo", "nEMO", "Polish"
    url = "https://github.com/amu-cai/nEMO, or https://huggingface.co/datasets/amu-cai/nEMO"
    licence = "CC BY-NC-SA 4.0, says its repository"
    citation = (
        "I. Christop: nEMO: Dataset of Emotional Speech in Polish, LREC-COLING 2024, "
        "https://arxiv.org/abs/2404.06292"
    )
    sample_rate = 24000
    form = (
        r"(?P<speaker>[a-z]{2,3}\d)_(?P<emotion>anger|fear|happiness|neutral|sadness|surprised?)"
        r"_(?P<sentence>\d{1,2})"
    )
    example = "samples/SB0_anger_1.wav"
    codes: ClassVar[Mapping[str, str]] = {
        "anger": "anger",
        "fear": "fear",
        "happiness": "happiness",
        "neutral": "neutral",
        "sadness": "sadness",
        "surprise": "surprise",
        "surprised": "surprise",
    }
    counts: Mapping[str, int] = {
        "anger": 749,
        "fear": 736,
        "happiness": 749,
        "neutral": 809,
        "sadness": 769,
        "surprise": 669,
    }
    voices = 9
    people = "data.tsv"
    listing = ("data.tsv", "file_id")

    def id_of(self, said: Mapping[str, str]) -> str:
        """Name of the file."""
        return f"{self.speaker_of(said)}_{said['emotion']}_{said['sentence']}"

    def speaker_of(self, said: Mapping[str, str]) -> str:
        """Initials and a number."""
        return said["speaker"].upper()

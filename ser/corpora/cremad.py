"""The Crowd-sourced Emotional Multimodal Actors Dataset: its audio."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import ClassVar

from ser.corpora.named import NamedCorpus

SENTENCES = ("DFA", "IEO", "IOM", "ITH", "ITS", "IWL", "IWW", "MTI", "TAI", "TIE", "TSI", "WSI")


class CREMAD(NamedCorpus):
    """7 442 acted English clips, 91 actors, 12 sentences, 6 emotions, 16 kHz.

    ``AudioWAV/1001_IEO_ANG_HI.wav`` is actor 1001, sentence *It's eleven o'clock*, anger, high
    intensity; only that sentence is spoken at several. The emotion is the one that was to be
    acted, as the names say, not what the crowd heard. Sex and age are read from
    ``VideoDemographics.csv``, and names of absent files from ``SentenceFilenames.csv``, where
    the clone has these.

    References:
        https://github.com/CheyneyComputerScience/CREMA-D, whose README explains the names.
    """

    name, title, language = "cremad", "CREMA-D", "English (North America)"
    url = "https://github.com/CheyneyComputerScience/CREMA-D (with git-lfs)"
    licence = "Open Database License 1.0, says its repository"
    citation = (
        "H. Cao, D. G. Cooper, M. K. Keutmann, R. C. Gur, A. Nenkova, R. Verma: CREMA-D: "
        "Crowd-sourced Emotional Multimodal Actors Dataset, IEEE Transactions on Affective "
        "Computing 5(4), 2014, https://doi.org/10.1109/TAFFC.2014.2336244"
    )
    form = (
        rf"(?P<speaker>10[0-8]\d|109[01])_(?P<sentence>{'|'.join(SENTENCES)})"
        r"_(?P<emotion>ANG|DIS|FEA|HAP|NEU|SAD)_(?P<style>LO|MD|HI|XX?)"
    )
    example = "AudioWAV/1001_DFA_ANG_XX.wav"
    codes: ClassVar[Mapping[str, str]] = {
        "ang": "anger",
        "dis": "disgust",
        "fea": "fear",
        "hap": "happiness",
        "neu": "neutral",
        "sad": "sadness",
    }
    styles: ClassVar[Mapping[str, str]] = {"lo": "low", "md": "medium", "hi": "high"}
    counts: Mapping[str, int] = {
        "anger": 1271,
        "disgust": 1271,
        "fear": 1271,
        "happiness": 1271,
        "neutral": 1087,
        "sadness": 1271,
    }
    voices = 91
    capitals = True
    people = "videodemographics.csv"
    listing = ("sentencefilenames.csv", "Filename")
    spare = 20
    silent = ("1076_MTI_SAD_XX",)
    quirks = (
        "20 of the 7 462 clips that its scheme allows were never published",
        "1040_ITH_SAD_X has one X instead of two",
        "1076_MTI_SAD_XX is silent, and left out",
    )

    def expected(self, ids: set[str], listed: set[str]) -> set[str]:
        """What its table lists; without one, what its scheme allows."""
        found = {_usual(name): name for name in ids}
        return {found.get(_usual(name), name) for name in listed or _scheme()}


def _usual(name: str) -> str:
    """A name with both of its X."""
    return f"{name}X" if name.endswith("_X") else name


def _scheme() -> set[str]:
    levels = {"IEO": ("LO", "MD", "HI")}
    return {
        f"{actor}_{sentence}_{code.upper()}_{level}"
        for actor, sentence, code in product(range(1001, 1092), SENTENCES, CREMAD.codes)
        for level in (levels.get(sentence, ("XX",)) if code != "neu" else ("XX",))
    }

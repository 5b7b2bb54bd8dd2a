"""The Berlin Database of Emotional Speech, and any folder written in its name scheme."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import ClassVar

from ser.corpora.cache import cache_root
from ser.corpora.corpus import Corpus, Utterance, files_of, some, unique_ids
from ser.corpora.download import install_archive
from ser.errors import CorpusError
from ser.system.digests import file_hash

NAME = re.compile(r"(?P<speaker>\d\d)(?P<sentence>[ab]\d\d)(?P<emotion>[A-Z])(?P<take>[a-z])")


class EmoDB(Corpus):
    """535 acted German utterances, 10 speakers, 10 sentences, 7 emotions, 16 kHz mono.

    File names carry the metadata: ``03a01Fa.wav`` is speaker ``03``, sentence ``a01``,
    emotion ``F`` (*Freude*, happiness), take ``a``. Files lie in ``root/wav/`` as in the
    official archive, or straight in ``root``.

    Args:
        root: Folder of the corpus; None takes the environment variable ``SER_EMODB``, and
            else the copy that ``EmoDB.download`` keeps in the cache.

    References:
        Burkhardt et al., "A database of German emotional speech", Interspeech 2005.
        https://doi.org/10.21437/Interspeech.2005-446
    """

    name = "emodb"
    licence = (
        "CC0-1.0, says audEERING, who republish the original archive; the archive itself "
        "holds no licence"
    )
    citation = (
        "F. Burkhardt, A. Paeschke, M. Rolfes, W. F. Sendlmeier, B. Weiss: A Database of German "
        "Emotional Speech, Interspeech 2005, https://doi.org/10.21437/Interspeech.2005-446"
    )
    url: ClassVar[str] = "http://emodb.bilderbar.info/download/download.zip"
    codes: ClassVar[Mapping[str, str]] = {
        "W": "anger",
        "L": "boredom",
        "E": "disgust",
        "A": "fear",
        "F": "happiness",
        "N": "neutral",
        "T": "sadness",
    }
    labels = tuple(codes.values())
    women: ClassVar[frozenset[str]] = frozenset({"08", "09", "13", "14", "16"})
    counts: Mapping[str, int] = {
        "anger": 127,
        "boredom": 81,
        "disgust": 46,
        "fear": 69,
        "happiness": 71,
        "neutral": 79,
        "sadness": 62,
    }

    def __init__(self, root: str | Path | None = None) -> None:
        chosen = root or os.environ.get("SER_EMODB")
        self.downloads = not chosen
        self.root = Path(chosen) if chosen else cache_root("corpora", self.name)

    def prepare(self) -> None:
        """Download the official archive into the cache, unless a root was given.

        Every file is compared with its published checksum. A download that broke off is
        resumed, and the corpus appears whole or not at all.

        Raises:
            CorpusError: If it cannot be downloaded; says how else to get it.
        """
        if not self.downloads or self.root.exists():
            return
        try:
            install_archive(self.url, self.root, lambda draft: type(self)(draft).verify_content())
        except OSError as error:
            raise CorpusError(
                f"no {self.name} in {self.root}, and {self.url} cannot be reached ({error}). "
                "Get EmoDB from http://emodb.bilderbar.info and pass data.root=FOLDER (the folder "
                "that holds wav/*.wav) or set SER_EMODB to it. data=synthetic works without a "
                "download."
            ) from error

    def utterances(self) -> list[Utterance]:
        """List every utterance, sorted by id.

        Raises:
            CorpusError: If there is no wav file, or one whose name does not fit the scheme.
        """
        paths = files_of(self.root, "wav/*.wav") or files_of(self.root, "*.wav")
        if not paths:
            raise CorpusError(
                f"no {self.name} in {self.root}: looked for wav/*.wav and *.wav. Point data.root=… "
                "or SER_EMODB at a copy (docs/choices.md, 'Getting EmoDB'), or use "
                "data=synthetic, which needs no download."
            )
        return unique_ids(self._utterance(path) for path in paths)

    def _utterance(self, path: Path) -> Utterance:
        name = NAME.fullmatch(path.stem)
        if name is None or name["emotion"] not in self.codes:
            raise CorpusError(
                f"{path} does not fit the EmoDB name scheme: two digits of speaker, sentence such "
                f"as a01, one emotion letter of {' '.join(self.codes)}, one letter of take "
                "(03a01Fa.wav). Move the file out of the corpus or correct its name."
            )
        return Utterance(
            id=path.stem,
            path=path,
            emotion=self.codes[name["emotion"]],
            speaker=name["speaker"],
            sentence=name["sentence"],
            sex="f" if name["speaker"] in self.women else "m",
        )

    def checksums(self) -> dict[str, str]:
        """Published SHA-256 of every file, by utterance id."""
        listing = files("ser.corpora").joinpath("emodb.sha256").read_text()
        return {Path(line.split()[1]).stem: line.split()[0] for line in listing.splitlines()}

    def verify(self) -> None:
        """Compare the file names on disk with the published list.

        Raises:
            CorpusError: If files are missing or added; they are named.
        """
        if problems := differences({u.id for u in self.utterances()}, set(self.checksums())):
            raise CorpusError(
                f"{self.root} is not EmoDB as published (535 files): {problems}. {self.remedy}"
            )

    def verify_content(self) -> None:
        """Compare the SHA-256 of every file with the published one.

        Raises:
            CorpusError: If a file differs; it is named.
        """
        self.verify()
        if changed := self.altered({u.id: file_hash(u.path) for u in self.utterances()}):
            raise CorpusError(
                f"{len(changed)} files under {self.root} differ from the published ones: "
                f"{some(changed)}. {self.remedy}"
            )


def differences(present: set[str], expected: set[str]) -> str:
    """Name the ids that are missing and those that are unknown; empty if there are none."""
    kinds = {"missing": expected - present, "unknown": present - expected}
    return "; ".join(f"{len(ids)} {what}: {some(ids)}" for what, ids in kinds.items() if ids)

"""The Berlin Database of Emotional Speech, and any folder written in its name scheme."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import ClassVar

from ser.corpora.corpus import Corpus, Utterance, differences, some, unique_ids
from ser.corpora.download import install_archive
from ser.corpora.folders import ailment, contents, find_folder, is_copy, sounds
from ser.errors import CorpusError
from ser.storage import cache_root
from ser.system.counted import counted
from ser.system.digests import file_hash
from ser.system.paths import expanded

NAME = re.compile(r"(?P<speaker>\d\d)(?P<sentence>[ab]\d\d)(?P<emotion>[a-z])(?P<take>[a-z])", re.I)


class EmoDB(Corpus):
    """535 acted German utterances, 10 speakers, 10 sentences, 7 emotions, 16 kHz mono.

    File names carry the metadata: ``03a01Fa.wav`` is speaker ``03``, sentence ``a01``,
    emotion ``F`` (*Freude*, happiness), take ``a``; drives without cases of letters may have
    changed them. Files lie in ``root/wav/`` as in the official archive, straight in ``root``, or
    in the one folder further down that has such names.

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
        self.root = expanded(chosen) if chosen else cache_root("corpora", self.name)

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
            CorpusError: If there is no wav file, or there are some that do not fit the name
                scheme, are copies of others or cannot be read; names all of them.
        """
        utterances, faults = self._listing()
        if faults:
            raise CorpusError(f"{self.root} differs from {self.name}: {'; '.join(faults)}.")
        return unique_ids(utterances)

    def readable(self) -> list[Utterance]:
        """List the files whose names fit, whatever is wrong with others."""
        try:
            return [found for found in self._listing()[0] if not ailment(found.path)]
        except CorpusError:
            return []

    def _listing(self) -> tuple[list[Utterance], list[str]]:
        """Utterances, those included that cannot be read, and what is wrong with any name."""
        paths: dict[str, list[Path]] = defaultdict(list)
        wrong: dict[str, list[str]] = defaultdict(list)
        for path in sounds(self._folder()):
            if self._code(path):
                paths[_id(path)].append(path)
            if fault := self._fault(path):
                wrong[fault].append(path.name)
        twins = [path.name for alike in paths.values() for path in alike if len(alike) > 1]
        wrong["names of one utterance, of which one may stay"] += twins
        faults = [f"{kind}: {some(names)}" for kind, names in wrong.items() if names]
        return [self._utterance(found) for found, *_ in paths.values()], faults

    def _folder(self) -> Path:
        if self.root.is_dir():
            found = find_folder(self.root, self._is_here, "wav")
            if found is not None:
                return found
        raise CorpusError(
            f"no {self.name} in {self.root}, which {contents(self.root)}: looked for wav/*.wav and "
            "*.wav. Point data.root=… or SER_EMODB at a copy (docs/choices.md, 'Getting EmoDB'), "
            "or use data=synthetic, which needs no download."
        )

    def _is_here(self, folder: Path) -> bool:
        """Whether a folder has a file of this corpus, or is given for it and has others."""
        try:
            names = sounds(folder)
        except CorpusError:
            return False
        known = any(self._code(path) for path in names)
        return known or (folder in (self.root, self.root / "wav") and bool(names))

    def _code(self, path: Path) -> str:
        """Letter of the emotion of a file; empty if its name does not fit."""
        name = NAME.fullmatch(path.stem)
        code = name["emotion"].upper() if name else ""
        return code if code in self.codes else ""

    def _fault(self, path: Path) -> str:
        """What a name is one of, if it is none of this corpus or cannot be read; empty if it is."""
        if self._code(path):
            return ailment(path)
        if path.is_dir():
            return ""  # a folder may have any name
        if is_copy(path.stem):
            return "copies of other files, to be removed"
        return (
            "names that do not fit the scheme of two digits of speaker, sentence such as a01, one "
            f"emotion letter of {' '.join(self.codes)} and one letter of take (03a01Fa.wav), to be "
            "corrected or moved elsewhere"
        )

    def _utterance(self, path: Path) -> Utterance:
        """Read the metadata off a name that fits."""
        name = _id(path)
        return Utterance(
            id=name,
            path=path,
            emotion=self.codes[name[5]],
            speaker=name[:2],
            sentence=name[2:5],
            sex="f" if name[:2] in self.women else "m",
        )

    def checksums(self) -> dict[str, str]:
        """Published SHA-256 of every file, by utterance id."""
        listing = files("ser.corpora").joinpath("emodb.sha256").read_text()
        return {Path(line.split()[1]).stem: line.split()[0] for line in listing.splitlines()}

    def verify(self) -> None:
        """Compare the file names on disk with the published list.

        Raises:
            CorpusError: If files are missing, added, copied or cannot be read; they are named.
        """
        utterances, faults = self._listing()
        differing = differences({u.id for u in utterances}, set(self.checksums()))
        if problems := [*faults, *filter(None, [differing])]:
            remedy = "Put these right, or get a fresh copy." if faults else self.remedy
            listed = "; ".join(problems)
            raise CorpusError(
                f"{self.root} is not EmoDB as published (535 files): {listed}. {remedy}"
            )

    def verify_content(self) -> None:
        """Compare the SHA-256 of every file with the published one.

        Raises:
            CorpusError: If a file differs; it is named.
        """
        self.verify()
        if changed := self.altered({u.id: file_hash(u.path) for u in self.utterances()}):
            raise CorpusError(
                f"{counted(len(changed), 'file')} under {self.root} "
                f"{'differs' if len(changed) == 1 else 'differ'} from what was published: "
                f"{some(changed)}. {self.remedy}"
            )


def _id(path: Path) -> str:
    """Id of an utterance by the name of its file, whose letters may be of another case."""
    stem = path.stem
    return f"{stem[:2]}{stem[2:5].lower()}{stem[5].upper()}{stem[6].lower()}"

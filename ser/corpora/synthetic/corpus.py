"""The embedded corpus: speech-like audio from a synthesiser, in EmoDB's layout."""

from __future__ import annotations

import hashlib
import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import numpy as np
import soundfile

from ser.corpora.corpus import Utterance, differences
from ser.corpora.emodb import EmoDB
from ser.corpora.synthetic.phones import Array
from ser.corpora.synthetic.prosody import Voice, perform
from ser.corpora.synthetic.speech import synthesise
from ser.errors import ConfigError, CorpusError
from ser.storage import cache_root, locked, written_whole
from ser.system.paths import expanded
from ser.system.reading import read_whole

GENERATOR_VERSION = 1  # raise it whenever the same arguments give other audio
MANIFEST = "synthetic.json"


class Recording(NamedTuple):
    """One utterance to be made.

    Args:
        speaker: One of EmoDB's speaker ids.
        sentence: One of ``Synthetic.sentences_by_id``.
        code: Letter of the emotion.
        take: Letter of the take.
    """

    speaker: str
    sentence: str
    code: str
    take: str

    @property
    def id(self) -> str:
        """Name of the utterance, such as ``"03a01Fa"``."""
        return "".join(self)


class Synthetic(EmoDB):
    """Synthetic speech of 10 voices in 7 emotions, 16 kHz mono, made on the spot.

    For trying out, teaching and testing what needs a corpus, without a download: **no figure
    obtained on it says anything about emotion in human speech**. The speakers, emotions and file
    names are those of EmoDB, the sentences its sentences, roughly transcribed and the long ones
    shortened. The corpus is written once, when it is first listed. Equal arguments give equal
    files; another numpy or processor may round the last bit of a sample differently.

    Args:
        root: Folder of the corpus; None takes one in the cache that is named by the arguments.
        sentences: How many sentences each speaker says in each emotion, 1 to 10.
        speakers: How many speakers, 1 to 10.
        takes: How often each sentence is said, 1 to 26.
        seed: Seed of voices and utterances, from 0.

    Raises:
        ConfigError: If an argument is out of its range.
    """

    name = "synthetic"
    licence = "MIT, as the package that makes it"
    citation = "none: no figure on synthetic speech is worth publishing"
    voices: ClassVar[tuple[str, ...]] = (
        "03", "08", "09", "10", "11", "12", "13", "14", "15", "16",
    )  # fmt: skip
    sentences_by_id: ClassVar[Mapping[str, str]] = {
        "a01": "dEr l'ap@n likt aUf dEm 'aIsSraNk",
        "a02": "das vIl zi am m'ItvOx 'apgEb@n",
        "a04": "hOIt@ 'ab@nt kEnt@ IC Es im z'ag@n",
        "a05": "das Sv'arts@ StIk pap'ir ist da 'Ob@n",
        "a07": "In z'ib@n St'Und@n vIrt Es zO v'aIt zaIn",
        "b01": "vas zInt dEn das fir t'it@n Unt@m t'IS",
        "b02": "zi hab@n Es EbEn h'OxgEtrag@n Unt gEn v'id@r",
        "b03": "In dEn v'OxEn@ndn bIn IC nax h'aUz@ gEfar@n",
        "b09": "IC vIl das 'EbEn vEkbrIN@n Unt tr'INk@n gEn",
        "b10": "di vIrt aUf dEm pl'ats zaIn vO vir zi hInl'Eg@n",
    }

    def __init__(
        self,
        root: str | Path | None = None,
        sentences: int = 5,
        speakers: int = 10,
        takes: int = 1,
        seed: int = 0,
    ) -> None:
        ranges = {
            "sentences": (sentences, 1, len(self.sentences_by_id)),
            "speakers": (speakers, 1, len(self.voices)),
            "takes": (takes, 1, 26),
            "seed": (seed, 0, 2**63 - 1),
        }
        for argument, (value, low, high) in ranges.items():
            if not low <= value <= high:
                raise ConfigError(
                    f"data.{argument}={value} must be from {low} to {high}; correct it."
                )
        self.arguments = {"version": GENERATOR_VERSION} | {a: v for a, (v, _, _) in ranges.items()}
        folder = f"synthetic-v{GENERATOR_VERSION}-{speakers}x{sentences}x{takes}-seed{seed}"
        self.root = expanded(root).absolute() if root else cache_root("corpora", folder)
        self.remedy = f"Delete {self.root}: it is made again when it is next used."
        self.downloads = False
        self.seed = seed
        self.counts = dict(Counter(self.codes[r.code] for r in self.recordings()))

    def recordings(self) -> Iterator[Recording]:
        """Everything that the corpus consists of."""
        for speaker in self.voices[: self.arguments["speakers"]]:
            for sentence in list(self.sentences_by_id)[: self.arguments["sentences"]]:
                for code in self.codes:
                    for take in range(self.arguments["takes"]):
                        yield Recording(speaker, sentence, code, chr(ord("a") + take))

    def prepare(self) -> None:
        """Write the corpus if it is absent; of several processes one writes and the rest wait.

        Raises:
            CorpusError: If ``root`` is in use for something else.
        """
        if not (self.root / MANIFEST).exists():
            with locked(self.root.with_name(f".{self.root.name}.lock")):
                if not (self.root / MANIFEST).exists():
                    self._write()
        made = self._manifest()["arguments"]
        if made != self.arguments:
            raise CorpusError(
                f"{self.root} holds a synthetic corpus made with {made}, not {self.arguments}. "
                "Name another data.root, or leave it out to use the cache."
            )

    def utterances(self) -> list[Utterance]:
        """List every utterance, sorted by id; writes the corpus first if it is absent.

        Raises:
            CorpusError: If ``root`` is in use for something else.
        """
        self.prepare()
        return super().utterances()

    def checksums(self) -> dict[str, str]:
        """SHA-256 of every file as it was written, by utterance id."""
        self.prepare()
        return dict(self._manifest()["sha256"])

    def verify(self) -> None:
        """Compare the files on disk with what the arguments ask for.

        Raises:
            CorpusError: If files are missing or added; they are named.
        """
        present = {u.id for u in self.utterances()}
        if problems := differences(present, {r.id for r in self.recordings()}):
            raise CorpusError(
                f"{self.root} has changed since it was written: {problems}. {self.remedy}"
            )

    def waveform(self, recording: Recording) -> Array:
        """Make one utterance, the same one however many others are made before it.

        Returns:
            Samples between -1 and 1, ``(time,)``.
        """
        speaker, sentence, code, take = recording
        who = int(speaker)
        emotion = list(self.codes).index(code)
        text = list(self.sentences_by_id).index(sentence)
        sex = "f" if speaker in self.women else "m"
        voice = Voice.draw(sex, self._generator(who))
        moment = self._generator(who, emotion, text, ord(take))
        expression = perform(self.codes[code], self._generator(who, emotion), moment)
        return synthesise(
            self.sentences_by_id[sentence], voice, expression, moment, self.sample_rate
        )

    def _generator(self, *key: int) -> np.random.Generator:
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=key))

    def _manifest(self) -> dict[str, Any]:
        path = self.root / MANIFEST
        try:
            content = dict(json.loads(read_whole(path)))
            return {"arguments": dict(content["arguments"]), "sha256": dict(content["sha256"])}
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise CorpusError(f"{path} is damaged ({error}). {self.remedy}") from error

    def _file(self, recording: Recording) -> bytes:
        """WAV file of an utterance; written by Python, which says so when the disk is full."""
        pcm = np.round(self.waveform(recording) * 32767).astype(np.int16)
        buffer = io.BytesIO()
        soundfile.write(buffer, pcm, self.sample_rate, subtype="PCM_16", format="WAV")
        return buffer.getvalue()

    def _write(self) -> None:
        if self.root.exists() and any(self.root.iterdir()):
            raise CorpusError(
                f"{self.root} is not empty and holds no {MANIFEST}: nothing is written over. "
                "Name another data.root, or leave it out to use the cache."
            )
        with written_whole(self.root) as draft:
            (draft / "wav").mkdir()
            sums = {}
            for recording in self.recordings():
                path = draft / "wav" / f"{recording.id}.wav"
                audio = self._file(recording)
                path.write_bytes(audio)
                sums[recording.id] = hashlib.sha256(audio).hexdigest()
            manifest = {"arguments": self.arguments, "sha256": sums}
            (draft / MANIFEST).write_text(json.dumps(manifest, indent=1))

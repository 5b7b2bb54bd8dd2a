"""The USC interactive emotional dyadic motion capture corpus, read as it is distributed."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import ClassVar

from ser.corpora.corpus import Corpus, Utterance, some, unique_ids
from ser.corpora.folders import contents, find_folder, is_copy
from ser.errors import CorpusError, check_choice
from ser.storage import cache_root
from ser.system.counted import counted
from ser.system.few import few
from ser.system.litter import is_litter
from ser.system.paths import expanded

LABEL = re.compile(r"\[[\d.]+ - [\d.]+\]\s+(?P<turn>\S+)\s+(?P<code>\S+)\s+\[")
TURN = re.compile(
    r"(?P<dialogue>Ses0(?P<session>[1-5])[FM]_(?P<scene>script\d\d_\d|impro\d\d)[a-z]?)"
    r"_(?P<sex>[FM])\w+"
)
LABELS = "Session[1-5]/dialog/EmoEvaluation/Ses*.txt"
LONGEST = 2**24  # bytes of a file of labels; those of the release have some 100 kB


class IEMOCAP(Corpus):
    """5 531 English turns of four emotions by 10 actors in 5 sessions, acted and improvised.

    The labels are the majority votes in ``Session*/dialog/EmoEvaluation/*.txt``; the audio is
    ``Session*/sentences/wav/<dialogue>/<turn>.wav``. The eleven codes of the release are
    reduced to the usual four classes; *excited* counts as happiness. Turn
    ``Ses01F_script02_1_M018`` is spoken by ``Ses01M``: the last letter names the speaker, the
    first only the actor who wore the motion-capture markers.

    ``sentence`` of a scripted turn is its scene, such as ``script02_1``, and not the turn in
    it: the same scenes are played in every session, and nothing promises that turn 18 of one
    performance is the line of turn 18 in another. A split that keeps scenes apart keeps
    scripted texts apart. Improvised turns have no ``sentence``.

    The selection of 5 499 turns in some articles is not offered: it came from removing damaged
    files by hand (https://github.com/shamanez/BERT-like-is-All-You-Need/issues/9), and no rule
    gives it back.

    Args:
        root: Folder that holds ``Session1`` to ``Session5``, or one above it; None takes the
            environment variable ``SER_IEMOCAP``, and else ``corpora/iemocap`` in the cache.
        merge_excitement: Count *excited* as happiness; off leaves those 1 041 turns out, and
            4 490 remain.
        style: ``"all"`` turns, only ``"improvised"`` or only ``"scripted"`` ones.

    Raises:
        ConfigError: If ``style`` is none of these.

    References:
        Busso et al., "IEMOCAP: interactive emotional dyadic motion capture database",
        Language Resources and Evaluation 42, 2008. https://doi.org/10.1007/s10579-008-9076-6
    """

    name = "iemocap"
    licence = (
        "the release agreement of USC SAIL, signed on request: free for research, not to be "
        "passed on"
    )
    citation = (
        "C. Busso, M. Bulut, C.-C. Lee, A. Kazemzadeh, E. Mower, S. Kim, J. N. Chang, S. Lee, "
        "S. S. Narayanan: IEMOCAP: interactive emotional dyadic motion capture database, Language "
        "Resources and Evaluation 42, 2008, https://doi.org/10.1007/s10579-008-9076-6"
    )
    url: ClassVar[str] = "https://sail.usc.edu/iemocap/iemocap_release.htm"
    labels = ("anger", "happiness", "neutral", "sadness")
    styles: ClassVar[Mapping[str, frozenset[str]]] = {
        "all": frozenset({"script", "improvised"}),
        "improvised": frozenset({"improvised"}),
        "scripted": frozenset({"script"}),
    }
    published: ClassVar[Mapping[str, int]] = {
        "ang": 1103,
        "exc": 1041,
        "hap": 595,
        "neu": 1708,
        "sad": 1084,
    }
    # Frustration, fear, surprise, disgust, other, and turns that the annotators disagreed on.
    unused: ClassVar[frozenset[str]] = frozenset({"fru", "fea", "sur", "dis", "oth", "xxx"})
    speakers: ClassVar[frozenset[str]] = frozenset(f"Ses0{n}{s}" for n in range(1, 6) for s in "FM")

    def __init__(
        self,
        root: str | Path | None = None,
        merge_excitement: bool = True,
        style: str = "all",
    ) -> None:
        check_choice("style", style, self.styles)
        self.root = expanded(
            root or os.environ.get("SER_IEMOCAP") or cache_root("corpora", self.name)
        )
        self.merge_excitement = merge_excitement
        self.style = style
        self.codes = {"ang": "anger", "hap": "happiness", "neu": "neutral", "sad": "sadness"}
        if merge_excitement:
            self.codes["exc"] = "happiness"
        # No published figures per emotion for one style alone: ``verify`` counts the whole.
        self.counts = self._published() if style == "all" else {}

    def _published(self) -> dict[str, int]:
        counts = Counter[str]()
        for code, emotion in self.codes.items():
            counts[emotion] += self.published[code]
        return {emotion: counts[emotion] for emotion in self.labels}

    def utterances(self) -> list[Utterance]:
        """List every turn of the selection, sorted by id.

        Raises:
            CorpusError: If the corpus is absent, a label file holds what the release does not
                know, no turn is left, or a labelled turn has no audio.
        """
        labelled, faults = self._labelled()
        chosen = self._selected(labelled)
        if problems := [*faults, *self._silent(chosen)]:
            raise CorpusError(f"{'; '.join(problems)}. Unpack the release again.")
        if not chosen:
            raise CorpusError(
                f"{self._release()} labels no turn of style={self.style!r} with "
                f"{', '.join(self.labels)}. Unpack the release again, or choose another style."
            )
        return unique_ids(chosen)

    def _selected(self, turns: Iterable[Utterance]) -> list[Utterance]:
        return [u for u in turns if u.style in self.styles[self.style]]

    def _silent(self, turns: Iterable[Utterance]) -> list[str]:
        """Name the turns that have no audio; empty if all have."""
        ids = [u.id for u in turns if not u.path.is_file()]
        where = f"{self._release()}/Session*/sentences/wav"
        if not ids:
            return []
        many = counted(len(ids), "labelled turn has", "labelled turns have")
        return [f"{many} no wav under {where}: {some(ids)}"]

    def _release(self) -> Path:
        if self.root.is_dir():
            found = find_folder(self.root, lambda f: bool(_label_files(f)), "iemocap_full_release")
            if found is not None:
                return found
        raise CorpusError(
            f"no {self.name} in {self.root}, which {contents(self.root)}: looked for {LABELS} "
            "there and in the folders below it, such as IEMOCAP_full_release. Its licence rules "
            f"out a download: request it from USC SAIL ({self.url}), unpack it and point "
            "data.root=… or SER_IEMOCAP at it. data=synthetic works now, without a download."
        )

    def _labelled(self) -> tuple[list[Utterance], list[str]]:
        """Turns of the wanted emotions in either style, with or without audio, and all faults."""
        turns: list[Utterance] = []
        bad: list[str] = []
        for path in _label_files(self._release()):
            try:
                found, fault = self._turns(path)
            except CorpusError as error:
                found, fault = [], str(error)
            turns += found
            bad += [fault] if fault else []
        faults = [few(bad, "; ")] if bad else []
        twice = [turn for turn, count in Counter(u.id for u in turns).items() if count > 1]
        if twice:
            faults.append(
                f"{counted(len(twice), 'turn is', 'turns are')} labelled twice: {some(twice)}"
            )
        return turns, faults

    def _turns(self, path: Path) -> tuple[list[Utterance], str]:
        """Turns of the wanted emotions in a file of labels, and which lines are no labels.

        Raises:
            CorpusError: If the file is none of the release.
        """
        if is_copy(path.stem):
            raise CorpusError(f"{path} is a copy of another file; remove it")
        lines = [line for line in _lines(path) if re.match(r"\[\s*\d", line)]
        found = [(line, self._turn(path, line)) for line in lines]
        wrong = [repr(line) for line, turn in found if turn is None]
        fault = (
            f"{path} has lines that are not labels of {self.name}: {few(wrong)}. "
            "Expected [start - end], turn such as Ses01F_impro01_F000, emotion code (one of "
            f"{' '.join(sorted(self.unused | set(self.published)))}), [valence, activation, "
            "dominance], tabs between them"
        )
        turns = [turn for _, turn in found if turn and turn.emotion]
        return turns, fault if wrong else ""

    def _turn(self, path: Path, line: str) -> Utterance | None:
        """Turn of a line, its emotion empty where that is not wanted; None for no label."""
        label = LABEL.match(line)
        turn = label and TURN.fullmatch(label["turn"])
        if not label or not turn or label["code"] not in self.unused | set(self.published):
            return None
        audio = path.parents[2] / "sentences" / "wav" / turn["dialogue"] / f"{turn[0]}.wav"
        return self._utterance(turn, audio, self.codes.get(label["code"], ""))

    @staticmethod
    def _utterance(turn: re.Match[str], path: Path, emotion: str) -> Utterance:
        scripted = turn["scene"].startswith("script")
        return Utterance(
            id=turn[0],
            path=path,
            emotion=emotion,
            speaker=f"Ses0{turn['session']}{turn['sex']}",
            sentence=turn["scene"] if scripted else None,
            session=turn["session"],
            sex=turn["sex"].lower(),
            style="script" if scripted else "improvised",
        )

    def verify(self) -> None:
        """Compare the labels of the whole release with the published counts.

        Both styles are counted even when one is selected: figures are published for the whole.

        Raises:
            CorpusError: If an emotion has more or fewer turns than were published, one of the
                ten speakers has none, or a turn of the selection has no audio.
        """
        whole, problems = self._labelled()
        present = Counter(u.emotion for u in whole)
        problems += [
            f"{emotion} {present[emotion]} instead of {n}"
            for emotion, n in self._published().items()
            if present[emotion] != n
        ]
        if absent := self.speakers - {u.speaker for u in whole}:
            problems.append(f"nothing by {some(absent)}")
        problems += self._silent(self._selected(whole))
        if problems:
            raise CorpusError(
                f"{self.root} is not IEMOCAP as published ({sum(self._published().values())} "
                f"turns, {len(self.speakers)} speakers): {'; '.join(problems)}. Unpack the "
                "release again, or pass data.verify=false to use the folder as it is."
            )


def _label_files(folder: Path) -> list[Path]:
    found = sorted(folder.glob(LABELS))
    return [path for path in found if not is_litter(path.name) and path.is_file()]


def _lines(path: Path) -> list[str]:
    """Lines of a file of labels.

    Free comments of the annotators are in no fixed encoding; all that is read is ASCII.
    """
    try:
        if path.stat().st_size > LONGEST:
            raise CorpusError(f"{path} is too large for a file of labels")
        content = path.read_bytes()
    except OSError as error:
        raise CorpusError(f"{path} cannot be read ({error.strerror})") from error
    return content.decode("utf-8", errors="replace").splitlines()

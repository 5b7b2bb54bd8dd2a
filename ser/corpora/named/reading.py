"""What lies below the root of a corpus: its utterances, and what is wrong with some files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ser.corpora.corpus import Utterance, some
from ser.corpora.folders import ailment, is_copy
from ser.corpora.named.names import Names
from ser.corpora.named.roster import Person
from ser.corpora.named.tree import uppermost

COPIES = "copies of other files, to be removed"
UNLIKE = (
    "files of one utterance with different content, of which one may stay, or data.root=… may "
    "name one of the folders"
)
MISFILED = "files in the folder of another emotion than their names say"
Kinds = dict[str, list[str]]  # names of files, by what is wrong with them


@dataclass
class Reading:
    """What was found below a root.

    Args:
        utterances: Those that can be used, by id.
        faults: What has to be put right first.
        doubts: What can be used, and may be wrong.
        strange: Names of wav files of something else.
    """

    utterances: dict[str, Utterance] = field(default_factory=dict)
    faults: Kinds = field(default_factory=lambda: defaultdict(list))
    doubts: Kinds = field(default_factory=lambda: defaultdict(list))
    strange: list[str] = field(default_factory=list)


def read(root: Path, sounds: Sequence[Path], names: Names, people: Mapping[str, Person]) -> Reading:
    """Read what the names of wav files below a root say."""
    reading = Reading()
    alike: dict[str, list[Path]] = defaultdict(list)
    for path in sounds:
        if said := names.match(path):
            utterance = names.utterance(path, said, people)
            reading.utterances[utterance.id] = utterance
            alike[utterance.id].append(path)
        elif names.match(path.with_name(f"{is_copy(path.stem)}.wav")):
            reading.faults[COPIES].append(path.name)
        else:
            reading.strange.append(path.name)
    for name, paths in alike.items():
        _settle(root, reading, name, paths)
    for utterance in reading.utterances.values() if names.folders else ():
        inner = utterance.path.relative_to(root)
        if names.misfiled(inner, utterance.emotion):
            reading.doubts[MISFILED].append(str(inner))
    return reading


def _settle(root: Path, reading: Reading, name: str, paths: Sequence[Path]) -> None:
    """Take the uppermost file of an utterance, and say what is wrong with it."""
    path, equal = uppermost(paths)
    if path != reading.utterances[name].path:
        reading.utterances[name] = replace(reading.utterances[name], path=path)
    if fault := ailment(path):
        reading.faults[fault].append(path.name)
    elif not equal:
        reading.faults[UNLIKE] += [str(each.relative_to(root)) for each in paths]


def stated(kinds: Mapping[str, Sequence[str]]) -> list[str]:
    """Say what is wrong, with the first ten names of each kind."""
    return [f"{kind}: {some(names)}" for kind, names in kinds.items() if names]

"""What is listed as utterances, and every fault of it, by the rule that it breaks."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from unicodedata import normalize

from ser.corpora.corpus import Utterance
from ser.corpora.listed.columns import NEEDED, OPTIONAL
from ser.corpora.listed.emotions import Emotions
from ser.corpora.listed.faults import Faults
from ser.corpora.listed.files import Line
from ser.corpora.listed.places import located, near
from ser.corpora.listed.twice import note_alike, note_twice
from ser.errors import likely
from ser.system.letters import is_text

TEXTS = ("sentence", "session", "sex", "style", "age", "language", "split")
SEXES = {"f": "f", "female": "f", "woman": "f", "w": "f", "m": "m", "male": "m", "man": "m"}
# What programs write where nothing is known, and nobody else does: NA and None are names of some.
UNKNOWN = {"nan", "NaN", "<NA>", "#N/A"}
AS_IS = ("path", "emotion", "id")
Fault = tuple[str, str]  # the rule, and the value that breaks it


@dataclass(frozen=True)
class Source:
    """What is needed to understand a line.

    Args:
        root: Folder that paths are relative to.
        columns: Names of columns, by role.
        emotions: What becomes of each emotion.
    """

    root: Path
    columns: Mapping[str, str]
    emotions: Emotions

    def read(self, line: Line) -> dict[str, str]:
        """Cells of a line by their role; an empty text where there is none."""
        cells = {role: line.values.get(name, "") for role, name in self.columns.items()}
        known = {role: text for role, text in cells.items() if role in AS_IS or text not in UNKNOWN}
        read = {role: known.get(role, "") for role in (*NEEDED, *OPTIONAL)}
        if line.comma:
            read |= {role: read[role].replace(",", ".") for role in ("start", "end")}
        return read

    def nested(self, line: Line) -> Iterator[Fault]:
        """Yield the cells of a line that hold more than one value."""
        for role, name in self.columns.items():
            if name in line.nested:
                yield f"{role} is a list or a mapping; write one text", line.values[name]

    def lacks(self, emotion: str) -> bool:
        """Whether a cell stands for an emotion that is not known, and nobody has said otherwise."""
        return emotion in UNKNOWN and not self.emotions.names(emotion)


def utterances_of(lines: Sequence[Line], source: Source, faults: Faults) -> dict[str, Utterance]:
    """Turn lines into utterances, without those whose emotion is left out.

    Args:
        lines: What is listed.
        source: How to understand it.
        faults: Takes what is wrong with it.

    Returns:
        Utterances, by where they are listed.
    """
    found: dict[str, Utterance] = {}
    for line in lines:
        cells = source.read(line)
        if source.emotions.of(cells["emotion"]) is None:
            continue
        broken = [*source.nested(line), *_broken(cells, source)]
        for rule, value in broken:
            faults.add(rule, line.place, value)
        if not broken:
            found[line.place] = _utterance(cells, source)
    note_twice(found, faults)
    note_alike(found, faults)
    return found


def _broken(cells: Mapping[str, str], source: Source) -> Iterator[Fault]:
    for role in NEEDED:
        if not cells[role]:
            yield f"{role} is empty", ""
    for role, text in cells.items():
        if text and not is_text(text):
            yield f"{role} holds control characters", text
    emotion = cells["emotion"]
    if source.lacks(emotion):
        remedy = f"leave such rows out, as 'data.emotions={{{emotion}: null}}'"
        yield f"emotion is not known; {remedy}", ""
    elif emotion and source.emotions.refuses(emotion):
        classes = source.emotions.labels
        left = ", ".join(f"{name}: null" for name in source.emotions.others)
        remedy = f"a mapping leaves some out, as 'data.emotions={{{left}}}'"
        rule = f"emotion is none of {', '.join(classes)} ({remedy})"
        yield rule, f"{emotion}{likely(emotion, classes)}"
    if is_text(cells["path"]):
        yield from _unfound(cells["path"], source.root)
    yield from _unfit(cells["start"], cells["end"])


def _unfound(text: str, root: Path) -> Iterator[Fault]:
    if "://" in text:
        yield "path is an address; download the file and name it", text
    elif located(text, root) is None:
        yield f"file does not exist{_below(text, root)}", f"{text}{near(text, root)}"


def _below(text: str, root: Path) -> str:
    """Say where a path was looked for that does not say so itself."""
    if PurePosixPath(text).is_absolute() or PureWindowsPath(text).drive:
        return ""
    here = "" if located(text, Path()) is None else ", but below this folder: pass data.root=."
    return f" (below {root.absolute()}{here})"


def _unfit(start: str, end: str) -> Iterator[Fault]:
    begin, stop = _seconds(start, 0.0), _seconds(end, math.inf)
    if begin is None or stop is None:
        yield "start and end must be seconds from 0 on, such as 1.5", f"{start} to {end}"
    elif begin >= stop:
        yield "end must come after start", f"{start or 0} to {end}"


def _seconds(text: str, otherwise: float) -> float | None:
    if "_" in text:  # which Python reads as nothing
        return None
    try:
        number = float(text) if text else otherwise
    except ValueError:
        return None
    return number if number >= 0 else None  # not where it is no number either


def _utterance(cells: Mapping[str, str], source: Source) -> Utterance:
    """Make an utterance of cells that break no rule."""
    groups = {role: cells[role] or None for role in TEXTS}
    groups["sex"] = SEXES.get((groups["sex"] or "").lower(), groups["sex"])
    return Utterance(
        id=cells["id"] or _id(cells, source.root),
        path=located(cells["path"], source.root) or source.root,
        emotion=str(source.emotions.of(cells["emotion"])),
        speaker=cells["speaker"],
        start=float(cells["start"] or 0),
        end=float(cells["end"]) if cells["end"] else None,
        **groups,
    )


def _id(cells: Mapping[str, str], root: Path) -> str:
    """Path as it is written, below the root if it lies there, and the stretch if there is one."""
    path = Path(cells["path"].replace("\\", "/"))
    name = path.relative_to(root) if path.is_relative_to(root) else path
    stretch = f":{cells['start'] or 0}-{cells['end']}" if cells["start"] or cells["end"] else ""
    return f"{normalize('NFC', name.as_posix())}{stretch}"

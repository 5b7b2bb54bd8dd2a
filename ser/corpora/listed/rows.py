"""What is listed as utterances, and every fault of it, by the rule that it breaks."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from unicodedata import normalize

from ser.corpora.corpus import Utterance
from ser.corpora.listed.columns import NEEDED, OPTIONAL
from ser.corpora.listed.emotions import Emotions
from ser.corpora.listed.files import Line
from ser.errors import CorpusError, likely
from ser.system.few import few
from ser.system.letters import is_text
from ser.system.paths import expanded

TEXTS = ("sentence", "session", "sex", "style", "age", "language", "split")
SEXES = {"female": "f", "woman": "f", "w": "f", "male": "m", "man": "m"}
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
        return {role: cells.get(role, "") for role in (*NEEDED, *OPTIONAL)}


class Faults:
    """Faults of a list, gathered so that all can be named at once."""

    def __init__(self) -> None:
        self._places: dict[str, list[str]] = defaultdict(list)

    def add(self, rule: str, place: str, value: str) -> None:
        """Note where a rule is broken, and by which value."""
        shown = value if value.isprintable() else repr(value)
        self._places[rule].append(f"{place}{f' ({shown})' if value else ''}")

    def refuse(self, path: Path) -> None:
        """Name all faults, by their rule.

        Raises:
            CorpusError: If there are any.
        """
        if self._places:
            rules = "\n  ".join(f"{rule}: {few(p)}" for rule, p in self._places.items())
            raise CorpusError(f"{path} lists what cannot be used. Correct it:\n  {rules}")


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
        broken = list(_broken(cells, source))
        for rule, value in broken:
            faults.add(rule, line.place, value)
        if not broken:
            found[line.place] = _utterance(cells, source)
    _note_twice(found, faults)
    return found


def _broken(cells: Mapping[str, str], source: Source) -> Iterator[Fault]:
    for role in NEEDED:
        if not cells[role]:
            yield f"{role} is empty", ""
    for role, text in cells.items():
        if text and not is_text(text):
            yield f"{role} holds control characters", text
    emotion = cells["emotion"]
    if emotion and source.emotions.refuses(emotion):
        classes = source.emotions.labels
        remedy = "a mapping leaves some out, as 'data.emotions={frustration: null}'"
        rule = f"emotion is none of {', '.join(classes)} ({remedy})"
        yield rule, f"{emotion}{likely(emotion, classes)}"
    if is_text(cells["path"]):
        yield from _unfound(cells["path"], source.root)
    yield from _unfit(cells["start"], cells["end"])


def _unfound(text: str, root: Path) -> Iterator[Fault]:
    if "://" in text:
        yield "path is an address; download the file and name it", text
    elif _located(text, root) is None:
        yield f"file does not exist (below {root.absolute()})", text


def _unfit(start: str, end: str) -> Iterator[Fault]:
    begin, stop = _seconds(start, 0.0), _seconds(end, math.inf)
    if begin is None or stop is None:
        yield "start and end must be seconds from 0 on, such as 1.5", f"{start} to {end}"
    elif begin >= stop:
        yield "end must come after start", f"{start or 0} to {end}"


def _seconds(text: str, otherwise: float) -> float | None:
    try:
        number = float(text) if text else otherwise
    except ValueError:
        return None
    return number if number >= 0 else None  # not where it is no number either


def _located(text: str, root: Path) -> Path | None:
    """The file of a path as people write it: on another system, or with accents encoded anew."""
    spellings = (text, text.replace("\\", "/"))
    forms = (
        form
        for spelling in spellings
        for form in (spelling, normalize("NFC", spelling), normalize("NFD", spelling))
    )
    paths = (root / expanded(spelling) for spelling in dict.fromkeys(forms))
    return next((path for path in paths if _is_file(path)), None)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # too long a name, a folder that may not be entered
        return False


def _utterance(cells: Mapping[str, str], source: Source) -> Utterance:
    """Make an utterance of cells that break no rule."""
    groups = {role: cells[role] or None for role in TEXTS}
    groups["sex"] = SEXES.get((groups["sex"] or "").lower(), groups["sex"])
    return Utterance(
        id=cells["id"] or _id(cells, source.root),
        path=_located(cells["path"], source.root) or source.root,
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


def _note_twice(found: Mapping[str, Utterance], faults: Faults) -> None:
    heard: dict[tuple[Path, float, float | None], str] = {}
    known: dict[str, str] = {}
    for place, utterance in found.items():
        stretch = (utterance.path, utterance.start, utterance.end)
        first = heard.setdefault(stretch, place)
        if first != place:
            faults.add("audio is listed twice", place, f"{utterance.path.name}, as {first}")
        elif (first := known.setdefault(utterance.id, place)) != place:
            faults.add("id is used twice", place, f"{utterance.id}, as {first}")

"""What a list names twice, and what would be one but for how it is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from ser.corpora.corpus import Utterance
from ser.corpora.listed.faults import Faults
from ser.corpora.spelling import NUMBER, alike

CASELESS = ("emotion", "speaker", "session")  # of which a part each would be a class, or a leak
NAMES = (*CASELESS, "sentence", "sex", "style", "age", "language", "split")


def note_twice(found: Mapping[str, Utterance], faults: Faults) -> None:
    """Note audio that is listed twice, and ids that are used twice."""
    heard: dict[tuple[Path, float, float | None], str] = {}
    known: dict[str, str] = {}
    for place, utterance in found.items():
        stretch = (utterance.path, utterance.start, utterance.end)
        first = heard.setdefault(stretch, place)
        if first != place:
            differ = utterance.emotion != found[first].emotion
            rule = f"audio is listed twice{', with two emotions' * differ}"
            faults.add(rule, place, f"{utterance.path.name}, as {first}")
        elif (first := known.setdefault(utterance.id, place)) != place:
            faults.add("id is used twice", place, f"{utterance.id}, as {first}")


def note_alike(found: Mapping[str, Utterance], faults: Faults) -> None:
    """Note names of one that would be two: a class or a speaker, split by how it is written."""
    for role in NAMES:
        caseless = role in CASELESS
        first: dict[str, str] = {}
        for place, utterance in found.items():
            if name := getattr(utterance, role):
                first.setdefault(name, place)
        for texts in alike(first, caseless=caseless):
            rule = _written_alike(role, texts, caseless=caseless)
            for text in texts[1:]:
                spelt = repr if text.casefold() == texts[0].casefold() else ascii
                faults.add(
                    rule, first[text], f"{spelt(text)}, {spelt(texts[0])} in {first[texts[0]]}"
                )


def _written_alike(role: str, texts: Sequence[str], *, caseless: bool) -> str:
    what = "case, spaces" if caseless else "spaces, characters that are not seen"
    what = f"{what} or letters of another alphabet that look alike"
    if all(NUMBER.fullmatch(text.strip()) for text in texts):
        what = "how its number is written"
    rule = f"{role} differs from another only in {what}; write both alike"
    if role != "emotion":
        return rule
    return f"{rule}, or map one, as 'data.emotions={{{texts[1]}: {texts[0]}}}'"

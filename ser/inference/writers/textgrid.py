"""Answers as TextGrid, which Praat and ELAN open beside the recording.

A file holds one recording. For several, a ``*`` in the name of the output stands for the name of
each, without its suffix; where names are the same, for the path below the folder that all lie in.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path

from ser.errors import ConfigError
from ser.inference.answers import Answer, Span, spans
from ser.inference.writers.findings import BETWEEN, Findings
from ser.runs.files import write_text

TIERS: dict[str, Callable[[Span], str]] = {
    "emotion": lambda span: span.emotion,
    "probability": lambda span: f"{span.probability:.2f}" if span.probability else "",
    "notes": lambda span: BETWEEN.join(span.notes),
}


def write(path: Path, findings: Findings) -> None:
    """Write the answers on each recording to a file; recordings that failed have none.

    Raises:
        ConfigError: As ``check_places`` does.
        StorageError: If a file cannot be written.
    """
    found = [(name, list(some)) for name, some in groupby(findings.answers, lambda a: a.file)]
    judged = {name: some for name, some in found if not some[0].error}
    for place, name in check_places(path, list(judged)).items():
        write_text(place, textgrid(judged[name], findings.warning))


def check_places(path: Path, names: Sequence[str]) -> dict[Path, str]:
    """Find the file of each recording.

    Args:
        path: Output, with a ``*`` for the names of several recordings.
        names: Paths of the recordings.

    Raises:
        ConfigError: If several recordings would have one file.
    """
    for shown in (_stems(names), _below(names, suffix=False), _below(names, suffix=True)):
        places = [path.parent / path.name.replace("*", each) for each in shown]
        twice, count = next(iter(Counter(places).most_common(1)), (path, 1))
        if count == 1:
            return dict(zip(places, names, strict=True))
    raise ConfigError(
        f"{count} recordings would be written to {twice}; put a * into output=, such as "
        "output='answers/*.TextGrid', which stands for the name of each."
    )


def _stems(names: Sequence[str]) -> list[str]:
    return [Path(name).stem for name in names]


def _below(names: Sequence[str], *, suffix: bool) -> list[str]:
    """Paths below the folder that all recordings lie in."""
    paths = [Path(name).absolute() for name in names]
    folder = os.path.commonpath([path.parent for path in paths]) if paths else ""
    below = [path.relative_to(folder) for path in paths]
    return [str(path if suffix else path.with_suffix("")) for path in below]


def textgrid(answers: Sequence[Answer], warning: str = "") -> str:
    """Lay out the answers on one recording.

    Args:
        answers: On it as a whole, or on its windows in their order.
        warning: What makes the model worthless; where there is one, it has a tier of its own.
    """
    cut = spans(answers)
    tiers = TIERS | ({"warning": lambda span: warning} if warning else {})
    end = f"xmax = {cut[-1].end:.6f}"
    lines = [
        *('File type = "ooTextFile"', 'Object class = "TextGrid"', ""),
        *("xmin = 0", end, "tiers? <exists>", f"size = {len(tiers)}", "item []:"),
    ]
    for number, (name, words) in enumerate(tiers.items(), 1):
        lines += [f"    item [{number}]:", '        class = "IntervalTier"']
        lines += [f"        name = {_quoted(name)}", "        xmin = 0", f"        {end}"]
        lines += [f"        intervals: size = {len(cut)}"]
        for place, span in enumerate(cut, 1):
            lines += [f"        intervals [{place}]:", f"            xmin = {span.start:.6f}"]
            lines += [
                f"            xmax = {span.end:.6f}",
                f"            text = {_quoted(words(span))}",
            ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'

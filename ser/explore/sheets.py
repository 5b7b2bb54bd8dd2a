"""Tables of a corpus: its files, emotions, speakers, and files that are nearly the same."""

from __future__ import annotations

from collections import defaultdict
from math import nan

import numpy as np

from ser.audit.levels import Level
from ser.explore.look import Look
from ser.report.sheets.sheet import Column, Sheet, Value, number, text

MOST = 100  # rows of a list of files


def files(look: Look) -> Sheet:
    """Tabulate how files hold their samples."""
    kinds: dict[str, list[Level]] = defaultdict(list)
    for level in look.levels:
        kinds[str(level.form) if level.form else "cannot be opened"].append(level)
    rows = [
        [text(kind), number(len(found)), *_lengths([v.seconds for v in found if not v.fault])]
        for kind, found in sorted(kinds.items(), key=lambda item: -len(item[1]))
    ]
    return Sheet("Form of the files", [Column("form"), *_numbers("utterances", *LENGTHS)], rows)


def groups(look: Look, group: str) -> Sheet:
    """Tabulate number, length and level of the utterances of each emotion or speaker."""
    seconds, power, peak = (look.by(group, what) for what in ("seconds", "power", "peak"))
    rows = [
        [
            text(name),
            number(len(values)),
            *_lengths(values),
            number(_mean(power[name]), "{:.1f}"),
            number(_deviation(power[name]), "{:.1f}"),
            number(round(max(peak[name], default=nan), 1) + 0.0, "{:.1f}"),  # no minus before 0
        ]
        for name, values in seconds.items()
    ]
    heading = _numbers("utterances", *LENGTHS, "level (dB)", "± sd", "peak (dB)")
    notes = ["The level is the root mean square of an utterance, in dB of full scale."]
    return Sheet(f"Length and level of each {group}", [Column(group), *heading], rows, notes)


def counts(look: Look) -> Sheet:
    """Tabulate how many utterances each speaker has of each emotion."""
    rows = [
        [text(speaker), number(line.sum()), *map(number, line)]
        for speaker, line in zip(look.speakers, look.counts, strict=True)
    ]
    rows.append([text("all"), number(look.counts.sum()), *map(number, look.counts.sum(0))])
    heading = [Column("speaker"), *_numbers("all", *look.labels)]
    return Sheet("Utterances of each speaker and emotion", heading, rows)


def duplicates(look: Look) -> Sheet:
    """Tabulate sets of files that hold the same audio."""
    rows = [
        [
            text(" = ".join(u.id for u in found)),
            text(", ".join(sorted({u.speaker for u in found}))),
            text(", ".join(sorted({u.emotion for u in found}))),
        ]
        for found in look.identical[:MOST]
    ]
    heading = [Column("files"), Column("speaker"), Column("emotion")]
    return Sheet("Identical files", heading, rows, _more(len(look.identical)))


def near_copies(look: Look) -> Sheet:
    """Tabulate pairs of recordings that are suspiciously near; those of two speakers first."""
    pairs = sorted(look.space.pairs, key=lambda pair: (not pair.across, pair.ratio))
    rows = [
        [
            text(f"{pair.one.id} ~ {pair.other.id}"),
            number(pair.ratio, "{:.2f}"),
            text(" and ".join(dict.fromkeys((pair.one.speaker, pair.other.speaker)))),
            text(" and ".join(dict.fromkeys((pair.one.emotion, pair.other.emotion)))),
        ]
        for pair in pairs[:MOST]
    ]
    heading = [Column("files"), Column("distance", numeric=True, rising=True)]
    heading += [Column("speaker"), Column("emotion")]
    notes = ["The distance is a share of that to the tenth neighbour.", *_more(len(pairs))]
    return Sheet("Nearly identical files", heading, rows, notes)


def faults(look: Look) -> Sheet:
    """Tabulate files that nothing can be learnt from."""
    found = [level for level in look.levels if level.fault]
    rows = [[text(level.id), text(level.fault)] for level in found[:MOST]]
    heading = [Column("utterance"), Column("what is wrong")]
    return Sheet("Files that cannot be used", heading, rows, _more(len(found)))


LENGTHS = ("minutes", "shortest (s)", "median (s)", "longest (s)")


def _lengths(seconds: object) -> list[Value]:
    values = np.asarray(seconds, dtype=np.float64)
    quantiles = np.quantile(values, (0, 0.5, 1)) if len(values) else np.full(3, np.nan)
    return [number(values.sum() / 60, "{:,.1f}"), *(number(q, "{:.2f}") for q in quantiles)]


def _numbers(*headings: str) -> list[Column]:
    return [Column(heading, numeric=True, rising=True) for heading in headings]


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else nan


def _deviation(values: np.ndarray) -> float:
    return float(values.std(ddof=1)) if len(values) > 1 else nan


def _more(count: int) -> list[str]:
    return [f"{count - MOST} more are not shown."] if count > MOST else []

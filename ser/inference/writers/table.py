"""Answers as CSV: a row for each file or window, a column for each emotion."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

from ser.inference.writers.findings import BETWEEN, Findings
from ser.runs.files import write_bytes

BEFORE, AFTER = ("file", "start", "end", "emotion"), ("notes", "error")
WARNING = "warning"  # column of a model that is to be warned of


def write(path: Path, findings: Findings) -> None:
    """Write answers, whole or not at all.

    Raises:
        StorageError: If the file cannot be written.
    """
    text = StringIO()
    rows = csv.writer(text, lineterminator="\n")
    more = {WARNING: findings.warning} if findings.warnings else {}
    rows.writerow([*BEFORE, *(f"p_{label}" for label in findings.labels), *AFTER, *more])
    for answer in findings.answers:
        shares = [answer.probabilities.get(label) for label in findings.labels]
        rows.writerow(
            [
                *(answer.file, f"{answer.start:.3f}", f"{answer.end:.3f}", answer.emotion),
                *("" if share is None else f"{share:.6f}" for share in shares),
                *(BETWEEN.join(answer.notes), answer.error, *more.values()),
            ]
        )
    write_bytes(path, text.getvalue().encode("utf-8", "surrogateescape"))

"""Answers as JSON: one document, or a line for each file or window."""

from __future__ import annotations

import json
from pathlib import Path

from ser.inference.writers.findings import Findings
from ser.runs import files


def write_json(path: Path, findings: Findings) -> None:
    """Write one document: labels, model, warnings and all answers.

    Raises:
        StorageError: If the file cannot be written.
    """
    content = {
        "model": findings.model,
        "warnings": list(findings.warnings),
        "labels": list(findings.labels),
        "answers": [answer.content() for answer in findings.answers],
    }
    files.write_json(path, content)


def write_lines(path: Path, findings: Findings) -> None:
    """Write a line of JSON for each answer, with the warnings where there are some.

    Raises:
        StorageError: If the file cannot be written.
    """
    more = {"warnings": list(findings.warnings)} if findings.warnings else {}
    lines = [json.dumps(answer.content() | more) + "\n" for answer in findings.answers]
    files.write_text(path, "".join(lines))

"""Every figure that README and docs state is that of committed evidence, or of a command's record.

Tables between marks are compared with the evidence in ``tests/reproduce``; what stands in a
sentence has a row in ``docs/figures.csv``.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pandas as pd
import pytest

from ser.evaluation.figures import summarise
from ser.evaluation.intervals import Interval
from ser.runs.reading import find_runs
from tests.test_docs import ROOT, commands

TEXTS = [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md")), ROOT / "reproduce/README.md"]
TABLE = re.compile(r"<!-- evidence: .*?<!-- end -->", re.DOTALL)
FIGURE = re.compile(r"\d+(?:\.\d+)?\s?(?:%|minutes|± \d+\.\d)")


def rows() -> list[dict[str, str]]:
    with (ROOT / "docs/figures.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def figures_in(path: Path) -> set[str]:
    """Give the figures that stand in sentences, and not between marks."""
    return {re.sub(r"\s", " ", each) for each in FIGURE.findall(TABLE.sub("", path.read_text()))}


def shown_by(evidence: str, form: str) -> str:
    """Compute what a figure is: ``RUN FIGURE``, ``RUN FIGURE folds`` or ``TABLE.csv COLUMN CV``."""
    place, name, *more = evidence.split()
    if place.endswith(".csv"):
        return form.format(published(ROOT / place, name, *more))
    (run,) = (run for run in find_runs([ROOT / place]) if run.folder == ROOT / place)
    if name == "minutes":
        return form.format(run.minutes)
    summary = summarise(run.predictions)
    if more:
        return f"{100 * summary['mean'][name]:.1f} ± {100 * summary['sd'][name]:.1f}"
    return form.format(100 * summary["pooled"][name])


def published(path: Path, column: str, cv: str | None = None) -> float:
    """Give the highest figure of the source, or that of the plain 1D CNN under a regime."""
    table = pd.read_csv(path)
    if cv:
        table = table.query("corpus == 'emodb' and model == 'cnn1d' and augmented == 'no'")
        table = table[table["cv"] == cv]
    return float(table[column].max())


@pytest.mark.parametrize("path", TEXTS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_figure_has_a_row_and_every_row_a_figure(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    assert {row["figure"] for row in rows() if row["text"] == name} == figures_in(path)


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row['text']} {row['figure']}")
def test_every_figure_is_that_of_its_evidence(row: dict[str, str]) -> None:
    shown = re.sub(" (%|minutes)$", "", row["figure"])
    if row["evidence"] == "stated":
        assert float(shown) == 100 * Interval.level
    elif row["evidence"].startswith("records/"):
        record = (ROOT / "docs" / row["evidence"]).read_text("utf-8")
        exact = re.findall(r"(\d+\.\d) ?%", record)
        assert shown in (exact if "." in shown else {f"{round(float(x), -1):.0f}" for x in exact})
    else:
        assert shown == shown_by(row["evidence"], f"{{:.{len(shown.partition('.')[2])}f}}")


def test_a_record_is_of_a_command_beside_its_figures() -> None:
    for row in rows():
        if row["evidence"].startswith("records/"):
            command = (ROOT / "docs" / row["evidence"]).read_text("utf-8").splitlines()[0]
            text = ROOT / row["text"]
            made = re.findall(r"^ {4}(make [a-z-]+)", text.read_text("utf-8"), re.MULTILINE)
            known = [" ".join(words) for words in commands(text)]
            assert command.removeprefix("$ ") in [*known, *made]

"""The published rows beside what was measured.

Every line of ``published.csv`` is a row; two of them, ``cv=kfold`` and ``cv=stratified``, share an
experiment of ``conf``, which is trained under the published protocol and under the honest one.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from reproduce.jobs import Job
from reproduce.lines import epochs_of, figures_of, folds_of, heading, minutes_of, row_of

FIGURES = Path(__file__).with_name("published.csv")
PROTOCOLS = ("published", "honest")
HEADING = (
    "`experiment=`",
    "published: accuracy / F1",
    "`protocol=published`, leaking: accuracy / F1",
    "`protocol=honest`: accuracy / F1, UAR",
)
LICENSED = "not run: licensed corpus"


@dataclass(frozen=True)
class Row:
    """A published row.

    Args:
        corpus: Name of the corpus.
        model: Name of the network.
        cv: Name of the regime.
        augmented: Whether copies were made of every utterance.
        accuracy: Published accuracy, in percent.
        weighted_f1: Published weighted F1, in percent.
    """

    corpus: str
    model: str
    cv: str
    augmented: bool
    accuracy: float
    weighted_f1: float

    @property
    def experiment(self) -> str:
        """Name of the experiment below ``conf``."""
        return f"{self.corpus}_{self.model}{'_augmented' if self.augmented else ''}"

    def job(self, protocol: str) -> Job:
        """Training of the row under a protocol; the experiment has the published one."""
        changed = () if protocol == "published" else (f"protocol={protocol}",)
        return Job(self.corpus, self.model, self.cv, self.experiment, changed)


def rows() -> list[Row]:
    """List every published row."""
    with FIGURES.open(encoding="utf-8", newline="") as file:
        return [_row(line) for line in csv.DictReader(file)]


def jobs() -> list[Job]:
    """List the trainings of all rows, those of the published protocol first."""
    return [row.job(protocol) for protocol in PROTOCOLS for row in rows()]


def table(results: Path) -> str:
    """Markdown of all rows; what was not run says so.

    Args:
        results: Folder of run folders.
    """
    lines = heading(HEADING, words=len(HEADING))
    for row in rows():
        published = f"{row.accuracy:.1f} / {row.weighted_f1:.1f}"
        ours = [_figures(row, protocol, results) for protocol in PROTOCOLS]
        lines.append(row_of([f"`{row.experiment} cv={row.cv}`", published, *ours]))
    return "\n".join(lines)


def _row(line: dict[str, str]) -> Row:
    figures = float(line["accuracy"]), float(line["weighted_f1"])
    return Row(line["corpus"], line["model"], line["cv"], line["augmented"] == "yes", *figures)


def _figures(row: Row, protocol: str, results: Path) -> str:
    run = results / row.job(protocol).run
    found = figures_of(run)
    if found is None:
        return LICENSED if row.corpus == "iemocap" else "not run"
    summary, facts = found
    mean, uar = summary["mean"], summary["pooled"]["uar"]
    figures = f"{mean['accuracy']:.1%} / {mean['weighted_f1']:.1%}"
    if protocol == "honest":
        figures += f", {uar:.1%}"
    cost = f"{folds_of(run)} folds, {epochs_of(facts)} epochs, {minutes_of(facts)} min"
    return f"{figures} ({cost})"

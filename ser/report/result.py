"""A cross-validation as a value: its predictions, figures and intervals, and how it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from io import StringIO
from pathlib import Path

import pandas as pd
from rich.console import Group

from ser.evaluation.figures import Summary
from ser.evaluation.findings import Findings, findings_of
from ser.evaluation.intervals import Interval
from ser.report.sheets import details
from ser.report.sheets.overview import compact_overview
from ser.report.terminal import terminal
from ser.report.write import write_findings
from ser.runs.checked import read_validation
from ser.runs.chosen import models_of
from ser.runs.files import read_json
from ser.runs.layout import FIGURES
from ser.runs.marker import read_identity
from ser.runs.reading import Run
from ser.system.terminal import Terminal

PAGE = "report.html"
WIDTH = 100  # columns of a table that is text


class CrossValidation:
    """What a run came to, read from its folder; each figure is computed from its predictions.

    Args:
        folder: Folder of a run, such as ``runs/emodb/cnn1d/speaker``.
        keeper: What keeps the folder as long as this object lives, if it is a temporary one.

    Attributes:
        folder: Folder of the run.
    """

    def __init__(self, folder: str | Path, keeper: object = None) -> None:
        self.folder = Path(folder)
        self._keeper = keeper

    @cached_property
    def findings(self) -> Findings:
        """All that a report shows of the run.

        Raises:
            RunError: If there is no run, or it cannot be believed.
        """
        return findings_of(Run(self.folder, read_identity(self.folder)))

    @property
    def predictions(self) -> pd.DataFrame:
        """Predictions of the test sides: id, speaker, fold, seed, truth, probabilities."""
        return self.findings.run.predictions

    @property
    def validation(self) -> pd.DataFrame | None:
        """Predictions of the validation sides, to choose settings by; None if there are none."""
        return read_validation(self.folder)

    @property
    def figures(self) -> Mapping[str, float]:
        """Figures of all predictions together, such as ``figures["uar"]``."""
        return self.findings.pooled

    @property
    def summary(self) -> Summary | None:
        """Figures of each fold, their mean and deviation, and pooled figures."""
        return self.findings.summary

    @property
    def intervals(self) -> Mapping[str, Mapping[str, Interval]]:
        """95 % intervals of the figures: ``intervals["speaker"]["uar"].low``.

        Over utterances, and over speakers where there are enough of them.
        """
        return self.findings.intervals

    @property
    def warnings(self) -> tuple[str, ...]:
        """What forbids to compare the figures, such as a leak; mostly empty."""
        return tuple(filter(None, [self.findings.stamp.warning]))

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know to judge the figures, such as what the sides of folds share."""
        path = self.folder / FIGURES
        return tuple(read_json(path).get("notes", ())) if path.exists() else ()

    @property
    def models(self) -> list[Path]:
        """Model file of each fold, for ``ser.load``."""
        return models_of(self.folder)

    def report(self, path: str | Path = "report") -> Path:
        """Write the page of the run, with its tables as Markdown and LaTeX beside it.

        Args:
            path: Folder to write to.

        Returns:
            The page, ``report.html``.
        """
        write_findings([self.findings], Path(path))
        return Path(path) / PAGE

    def show(self) -> None:
        """Print the figures of each fold, and those of all with their intervals."""
        Terminal().print(self._tables())

    def __repr__(self) -> str:
        text = StringIO()
        Terminal(file=text, width=WIDTH).print(self._tables())
        lines = (line.rstrip() for line in text.getvalue().splitlines())
        return "\n".join(lines).strip("\n")

    def _tables(self) -> Group:
        whole, folds = compact_overview([self.findings], "name"), details.folds(self.findings)
        more = [note for note in self.notes if note not in whole.notes]
        return Group(terminal(whole), terminal(replace(folds, notes=[*folds.notes, *more])))

"""Table of the answers to other recordings of what was held out."""

from __future__ import annotations

import logging

import pandas as pd

from ser.errors import DamageError
from ser.evaluation.robustness import robustness
from ser.report.sheets.sheet import Column, Sheet, number, percent, text
from ser.runs.reading import Run
from ser.runs.robustness import read_answers

log = logging.getLogger(__name__)
NOTE = (
    "Every held-out utterance, recorded in another way and judged by the model of its fold. "
    "“Stays” is the share of answers that are those to the recording as it is."
)
ABSENT = "A dash marks a recording that the installed libsndfile cannot make."


def robustness_sheets(run: Run) -> list[Sheet]:
    """Show the answers of a run, where ``ser.robustness`` was asked for them."""
    try:
        answers = read_answers(run.folder, run.predictions)
    except DamageError as error:
        log.warning("Not shown: %s", error)
        return []
    return [] if answers is None else [sheet_of(answers)]


def sheet_of(answers: pd.DataFrame) -> Sheet:
    """Show accuracy, UAR and the share of answers that stay for each recording."""
    judged = robustness(answers)
    names = ("answers", "accuracy (%)", "UAR (%)", "stays (%)")
    columns = [Column("recording"), *(Column(name, numeric=True) for name in names)]
    rows = [
        [text(name), number(row["answers"]), *(percent(row[key]) for key in judged.columns[1:])]
        for name, row in judged.iterrows()
    ]
    absent = [ABSENT] if (judged["answers"] == 0).any() else []
    return Sheet("Robustness", columns, rows, [NOTE, *absent])

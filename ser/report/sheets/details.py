"""Tables of a single run: folds, emotions, speakers, confusions, and where it was trained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ser.evaluation.confusions import confusion
from ser.evaluation.figure import FIGURES
from ser.evaluation.figures import class_recalls, figures_by, spread
from ser.evaluation.findings import Findings
from ser.evaluation.mistakes import mistakes, worst_confusions
from ser.report.sheets.sheet import (
    NOTHING,
    Column,
    Sheet,
    epochs,
    figure_column,
    figure_value,
    number,
    percent,
    text,
)
from ser.runs.layout import cell_name
from ser.runs.reading import Run

# What belongs to a fold and not to the machine; the table of folds has it.
OF_A_FOLD = ("seconds", "epochs", "chosen_epoch", "train", "validation", "test", "continued")

PAIRS = 8
ERRORS = 12


def folds(found: Findings) -> Sheet:
    """Figures of each fold and seed, and how they vary."""
    run = found.run
    judged = found.summary["folds"] if found.summary else {}
    sizes = run.predictions.groupby(["fold", "seed"]).size()
    columns = [Column(name, numeric=True) for name in ("fold", "seed", "test", "epochs")]
    columns += [*map(figure_column, FIGURES.values()), Column("s", numeric=True)]
    rows = []
    for key, fact in sorted(run.facts.items()):
        cells = [number(key[0]), number(key[1]), number(sizes.loc[key]), epochs(fact)]
        cells += [figure_value(figure, judged[cell_name(*key)]) for figure in FIGURES.values()]
        rows.append([*cells, number(fact.get("seconds"))])
    return Sheet("Folds", columns, rows, _spread(run.predictions))


def recalls(found: Findings) -> Sheet:
    """Recall of each emotion, and what it is mostly taken for."""
    table, labels = found.run.predictions, list(found.run.labels)
    matrix = confusion(table, labels)
    rows = []
    for i, (emotion, recall) in enumerate(class_recalls(table, labels).items()):
        wrong = matrix[i].copy()
        wrong[i] = 0
        taken = f"{labels[wrong.argmax()]} ({wrong.max()})" if wrong.any() else NOTHING
        rows.append([text(emotion), number(matrix[i].sum()), percent(recall), text(taken)])
    columns = [
        Column("emotion"),
        Column("predictions", numeric=True),
        Column("recall (%)", numeric=True),
        Column("mostly taken for"),
    ]
    return Sheet("Recall of each emotion", columns, rows)


def speakers(found: Findings) -> Sheet:
    """UAR of each speaker, and the emotions that a speaker lacks."""
    table = figures_by(found.run.predictions, "speaker")
    columns = [
        Column("speaker"),
        Column("predictions", numeric=True),
        Column("UAR (%)", numeric=True),
        Column("accuracy (%)", numeric=True),
        Column("emotions that are absent"),
    ]
    rows = [
        [
            text(speaker),
            number(row["predictions"]),
            percent(row["uar"]),
            percent(row["accuracy"]),
            text(row["absent"] or NOTHING),
        ]
        for speaker, row in table.iterrows()
    ]
    return Sheet("Speakers", columns, rows)


def confusions(found: Findings, shown: int = PAIRS) -> Sheet:
    """The pairs of emotions that are confused most, and utterances to listen to."""
    table = worst_confusions(found.run.predictions).head(shown)
    headings = ("truth", "taken for", "count", "share (%)", "most confident first")
    columns = [Column(name, numeric=name[:5] in ("count", "share")) for name in headings]
    rows = [
        [
            text(row["truth"]),
            text(row["prediction"]),
            number(row["count"]),
            percent(row["share"]),
            text(", ".join(row["utterances"])),
        ]
        for _, row in table.iterrows()
    ]
    return Sheet("Worst confusions", columns, rows)


def confident_errors(found: Findings, shown: int = ERRORS) -> Sheet:
    """The wrong predictions that were made with the most confidence."""
    table = mistakes(found.run.predictions).head(shown)
    headings = ("utterance", "speaker", "fold", "truth", "prediction")
    columns = [Column(name, numeric=name == "fold") for name in headings]
    columns += [Column(f"p({name}) (%)", numeric=True) for name in ("prediction", "truth")]
    rows = [
        [*map(text, row[list(headings)]), percent(row["confidence"]), percent(row["p_truth"])]
        for _, row in table.iterrows()
    ]
    return Sheet("Most confident errors", columns, rows)


def environment(run: Run) -> Sheet:
    """Tabulate machine, versions and code revision; what differs between folds is said."""
    facts = [_flat(fact) for fact in run.facts.values()]
    keys = list(dict.fromkeys(key for fact in facts for key in fact))
    values = {key: sorted({str(fact.get(key, "not recorded")) for fact in facts}) for key in keys}
    rows = [[text(key), text(" · ".join(values[key]))] for key in keys if key not in OF_A_FOLD]
    differing = [key for key in keys if key not in OF_A_FOLD and len(values[key]) > 1]
    notes = [f"Folds differ in {', '.join(differing)}."] if differing else []
    return Sheet("Environment", [Column("what"), Column("value")], rows, notes)


def _spread(predictions: pd.DataFrame) -> list[str]:
    """Say how the figures vary over folds, and over seeds; a single one does not vary."""
    table = spread(predictions)
    notes = []
    for part, plural in (("fold", "folds of one seed"), ("seed", "seeds, all folds together")):
        if predictions[part].nunique() > 1:
            shown = [
                f"{f.heading} {f.shown(row[f'{part}_mean'])} ± {f.shown(row[f'{part}_sd'])}"
                for f, row in ((FIGURES[str(name)], row) for name, row in table.iterrows())
            ]
            notes.append(f"Mean ± standard deviation over {plural}: {', '.join(shown)}.")
    return notes


def _flat(fact: Mapping[str, Any]) -> dict[str, Any]:
    versions = fact.get("versions", {})
    rest = {key: value for key, value in fact.items() if key != "versions"}
    return {**rest, **{f"version of {name}": number for name, number in versions.items()}}

"""Tables of a single run: folds, emotions, speakers and confusions."""

from __future__ import annotations

import pandas as pd

from ser.evaluation.figures import FIGURES, class_recalls, confusion, figures_by, spread
from ser.evaluation.findings import Findings
from ser.evaluation.mistakes import mistakes, worst_confusions
from ser.report.headings import HEADINGS
from ser.report.tables import Column, Sheet, Value, number, percent, text

PAIRS = 8
ERRORS = 12


def folds(found: Findings) -> Sheet:
    """Figures of each fold and seed, and how they vary."""
    run, summary = found.run, found.summary
    sizes = run.predictions.groupby(["fold", "seed"]).size()
    columns = [Column(name, numeric=True) for name in ("fold", "seed", "test", "epochs")]
    columns += [Column(f"{HEADINGS[n]} (%)", numeric=True) for n in FIGURES]
    columns += [Column("s", numeric=True)]
    rows = []
    for (key, fact), figures in zip(
        sorted(run.facts.items()), summary["folds"].values() if summary else (), strict=True
    ):
        epochs = Value(f"{fact['chosen_epoch']} of {fact['epochs']}", fact["chosen_epoch"])
        cells = [number(key[0]), number(key[1]), number(sizes.loc[key]), epochs]
        cells += [percent(figures[name]) for name in FIGURES]
        rows.append([*cells, number(fact["seconds"])])
    return Sheet("Folds", columns, rows, _spread(run.predictions))


def recalls(found: Findings) -> Sheet:
    """Recall of each emotion, and what it is mostly taken for."""
    table, labels = found.run.predictions, list(found.run.labels)
    matrix = confusion(table, labels)
    rows = []
    for i, (emotion, recall) in enumerate(class_recalls(table, labels).items()):
        wrong = matrix[i].copy()
        wrong[i] = 0
        taken = f"{labels[wrong.argmax()]} ({wrong.max()})" if wrong.any() else "–"
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
            text(row["absent"] or "–"),
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
    """The wrong predictions that the network was surest of."""
    table = mistakes(found.run.predictions).head(shown)
    headings = ("utterance", "speaker", "fold", "truth", "prediction")
    columns = [Column(name, numeric=name == "fold") for name in headings]
    columns += [Column(f"p({name}) (%)", numeric=True) for name in ("prediction", "truth")]
    rows = [
        [*map(text, row[list(headings)]), percent(row["confidence"]), percent(row["p_truth"])]
        for _, row in table.iterrows()
    ]
    return Sheet("Most confident errors", columns, rows)


def _spread(predictions: pd.DataFrame) -> list[str]:
    """Say how the figures vary over folds, and over seeds; a single one does not vary."""
    table = spread(predictions)
    notes = []
    for part, plural in (("fold", "folds of one seed"), ("seed", "seeds, all folds together")):
        if predictions[part].nunique() > 1:
            mean, deviation = (table[f"{part}_{kind}"] * 100 for kind in ("mean", "sd"))
            shown = [f"{HEADINGS[n]} {mean[n]:.1f} ± {deviation[n]:.1f}" for n in FIGURES]
            notes.append(f"Mean ± standard deviation over {plural}: {', '.join(shown)}.")
    return notes

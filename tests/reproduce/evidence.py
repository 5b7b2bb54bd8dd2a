"""Evidence of small runs: six speakers say four things, and some answers are wrong."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ser.runs.files import write_json, write_text
from ser.runs.kept import pack
from ser.runs.layout import FIGURES
from ser.runs.marker import digest, digests, read_identity
from ser.runs.predictions import to_csv
from ser.runs.robustness import COLUMNS, ORIGINAL, write_answers


def predictions(wrong: int, seeds: tuple[int, ...] = (0,), folds: int = 2) -> pd.DataFrame:
    """Six speakers say four things; of each speaker some answers are wrong."""
    truth = ["anger", "sadness", "anger", "sadness"]
    rows = [
        {
            "id": f"{speaker}{i}",
            "view": "original",
            "speaker": str(speaker),
            "fold": speaker % folds,
            "seed": seed,
            "truth": emotion,
            "prediction": truth[i - 1] if i < wrong + (speaker == 0) else emotion,
        }
        for seed in seeds
        for speaker in range(6)
        for i, emotion in enumerate(truth)
    ]
    table = pd.DataFrame(rows).sort_values(["fold", "seed"], kind="stable")
    for label in ("anger", "sadness"):
        table[f"p_{label}"] = (table["prediction"] == label) * 1.0
    return table.reset_index(drop=True)


def write_run(folder: Path, table: pd.DataFrame, folds: int = 2, **changes: object) -> Path:
    """Write kept evidence of a run."""
    write_text(folder / "predictions.csv", to_csv(table))
    cells = {
        f"fold-{fold:02d}/seed-{seed}": {"seconds": 1.0, "folds": folds}
        for fold, seed in sorted(set(zip(table["fold"], table["seed"], strict=True)))
    }
    identity = {"cv.name": "speaker", "data._target_": "ser.data.EmoDBDataModule", **changes}
    write_json(folder / "identity.json", identity)
    write_json(folder / FIGURES, {})
    mark = digest(read_identity(folder)), digests(folder, ("predictions.csv",))
    write_json(folder / "cells.json", pack(cells, *mark))
    return folder


def write_robustness(run: Path, table: pd.DataFrame) -> None:
    """Write answers: as recorded those of the table, and on the telephone always anger."""
    given = table[["fold", "seed", "id", "truth", "prediction"]]
    kinds = {ORIGINAL: {}, "telephone": {"prediction": "anger"}, "MP3": {"prediction": ""}}
    answers = pd.concat([given.assign(recording=name, **change) for name, change in kinds.items()])
    write_answers(run, answers[list(COLUMNS)])

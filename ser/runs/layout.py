"""What the files of a run are called; no other module spells their names.

::

    runs/emodb/cnn1d/stratified/       a run: identity.json, corpus.csv, config.yaml and, once a
        fold-03/seed-0/                fold is done, predictions.csv, metrics.json, confusion.png
            predictions.csv            a cell: one fold at one seed
            validation.csv, folds.json, environment.json, model.ckpt, done
            inner-00/                  a cell within the training side, for nested selection
"""

from __future__ import annotations

# Of a run.
IDENTITY = "identity.json"  # what decides the figures
CORPUS = "corpus.csv"  # the corpus as it was listed when the run was begun
CONFIG = "config.yaml"  # the whole configuration, resolved
FIGURES = "metrics.json"
PICTURE = "confusion.png"
KEPT = "cells.json"  # facts of all cells, of a run that is kept as evidence
ROBUSTNESS = "robustness.csv"  # answers to other recordings of what was held out
SELECTION = "selection.csv"  # which candidate was chosen in each cell, of a selected run

# Of a cell; a run has PREDICTIONS too, those of all its cells.
PREDICTIONS = "predictions.csv"
VALIDATION = "validation.csv"
FOLDS = "folds.json"  # who was on which side
FACTS = "environment.json"  # versions, machine, seconds, epochs and sizes
DONE = "done"  # the marker that makes a cell count
MODEL = "model.ckpt"
ERROR = "error.txt"
CURVES = "csv/metrics.csv"  # what the logger wrote

# Of a cell that is being trained.
WORKER = "running.json"
LOCK = ".lock"
CHECKPOINTS = "checkpoints"
PARTS = "parts"  # folder of the parts of a training that has several
LAST, BEST = "last", "best"  # stems of the files in CHECKPOINTS

# Of the folder that runs are in.
PLANS = "sweeps"

ALL_CELLS = "fold-*/seed-*"
ALL_INNER = "inner-*"


def cell_name(fold: int, seed: int) -> str:
    """Name of a cell below its run, such as ``fold-03/seed-0``."""
    return f"fold-{fold:02d}/seed-{seed}"


def inner_name(number: int) -> str:
    """Name of an inner fold below its cell, such as ``inner-00``."""
    return f"inner-{number:02d}"

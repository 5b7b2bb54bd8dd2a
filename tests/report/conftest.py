"""Runs as ser.train leaves them, small and made up."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from marking import mark_as_once

from ser.report.__main__ import main
from ser.runs.cell import Cell
from ser.runs.files import write_text
from ser.runs.record import finish, open_run

EMOTIONS = ("anger", "fear", "joy", "sadness")
SPEAKERS = ("03", "08", "09", "10")
SIX = (*SPEAKERS, "11", "13")  # enough for an interval over speakers
TAKES = 4
PROTOCOLS: dict[str, dict[str, Any]] = {
    "honest": {"unit": "utterance", "test_copies": False, "scaler": "train", "validation": True},
    "published": {"unit": "row", "test_copies": True, "scaler": "all", "validation": False},
}
PROTOCOLS["by_corpus"] = {**PROTOCOLS["honest"], "scaler": "corpus"}
ODD = "a_b&c%,<script>alert(1)</script>|*x*".replace("/", "-")
ABSENT = ("08", "joy")  # as in EmoDB, a speaker lacks an emotion


def corpus(speakers: Sequence[str] = SPEAKERS) -> pd.DataFrame:
    """Utterances of all speakers in all emotions, but for one."""
    rows = [
        {"id": f"{speaker}{emotion[0]}{take}", "speaker": speaker, "truth": emotion, "take": take}
        for speaker in speakers
        for emotion in EMOTIONS
        for take in range(TAKES)
        if (speaker, emotion) != ABSENT
    ]
    return pd.DataFrame(rows)


def config_of(name: str, protocol: str, **changes: Any) -> dict[str, Any]:
    """A resolved configuration, cut down to what a report reads."""
    _, model, cv = name.split("/")[:3]
    copies = ["noise"] if protocol == "published" else []
    config = {
        "data": {"_target_": "ser.data.EmoDBDataModule"},
        "model": {"_target_": f"ser.models.{model.upper()}"},
        "cv": {"_target_": "ser.folds.regime", "name": cv},
        "protocol": {
            "_target_": "ser.folds.protocol.Protocol",
            "name": protocol,
            **PROTOCOLS[protocol],
        },
        "augment": {"copies": copies},
        "seed": 0,
        "shuffle_labels": False,
    }
    return {**config, **changes}


def write_below(
    runs: Path,
    name: str = "emodb/cnn1d/speaker",
    *,
    protocol: str = "honest",
    seeds: Sequence[int] = (0,),
    missing: Sequence[int] = (),
    unfinished: Sequence[int] = (),
    failed: Mapping[int, str] | None = None,
    skill: float = 0.6,
    logs: bool = True,
    speakers: Sequence[str] = SPEAKERS,
    **changes: Any,
) -> Path:
    """Write a run, of four folds or one for each speaker, and return its folder."""
    run, errors = runs / name, failed or {}
    config = config_of(name, protocol, **changes)
    folds = len(speakers) if _by_speaker(run) else TAKES
    for fold, seed in [(f, s) for s in seeds for f in range(folds) if f not in missing]:
        cell = Cell(run, fold, seed)
        open_run(run, config)
        cell.folder.mkdir(parents=True)
        if fold in errors:
            write_text(cell.folder / "error.txt", errors[fold])
        elif fold not in unfinished:
            _finish(cell, corpus(speakers), protocol, skill, logs=logs)
    return run


@pytest.fixture
def write_run(tmp_path: Path) -> Callable[..., Path]:
    """Give a function that writes a run below ``tmp_path / "runs"`` and returns its folder."""
    return partial(write_below, tmp_path / "runs")


@pytest.fixture(scope="session")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a sweep of three runs: a whole one, one with gaps, one that leaks and is named oddly.

    Tests share it and must not write to it.
    """
    runs = tmp_path_factory.mktemp("sweep")
    write_below(runs, "emodb/cnn1d/speaker", skill=0.9)
    error = "Traceback (most recent call last):\n  ...\nRuntimeError: out of <b>memory</b> & more\n"
    write_below(runs, "emodb/lstm/speaker", missing=[3], failed={1: error}, skill=0.4)
    write_below(runs, f"emodb/lstm/stratified/{ODD}", protocol="published")
    return runs


@pytest.fixture(scope="session")
def written(sweep: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Report the sweep, and give the folder of the report."""
    folder = tmp_path_factory.mktemp("written")
    main([str(sweep), "--output", str(folder)])
    return folder


def _by_speaker(run: Path) -> bool:
    return "speaker" in run.as_posix().split("/")


def _finish(cell: Cell, table: pd.DataFrame, protocol: str, skill: float, *, logs: bool) -> None:
    speakers = list(table["speaker"].unique())
    by_speaker = _by_speaker(cell.run)
    of_fold = table["speaker"].map(speakers.index) if by_speaker else table["take"]
    folds = len(speakers) if by_speaker else TAKES
    sides = {
        "test": table[of_fold == cell.fold],
        "validation": table[of_fold == (cell.fold - 1) % folds],
    }
    held = pd.concat(sides.values())
    sides["train"] = table.drop(held.index)
    lines = {side: rows_of(rows) for side, rows in sides.items()}
    if protocol == "published":
        lines["train"] += rows_of(sides["test"], "noise")
        lines["validation"] = []
    columns = ["id", "view", "speaker", "emotion"]
    content = {"cv": "speaker", "fold": cell.fold, "columns": columns, **lines}
    write_text(cell.folder / "folds.json", json.dumps(content))
    if logs:
        write_text(cell.folder / "csv" / "metrics.csv", _log(cell))
    facts = {"seconds": 90.0, "epochs": 6, "chosen_epoch": 4, "parameters": 1_234_567}
    sizes = {side: len(rows) for side, rows in lines.items()}
    facts |= {"folds": folds, "precision": "32-true", "accelerator": "CPUAccelerator"}
    facts |= {"versions": {"torch": "2.11.0"}, "git": "0123abc"}
    finish(cell, _predict(sides["test"], cell, skill), {**facts, **sizes})


def rows_of(table: pd.DataFrame, view: str = "original") -> list[list[str]]:
    """Rows of a side, as folds.json has them."""
    rows: list[list[str]] = table.assign(view=view)[
        ["id", "view", "speaker", "truth"]
    ].values.tolist()
    return rows


def forget_speakers(run: Path) -> None:
    """Write every folds.json of a run as earlier versions did: ids alone."""
    for path in run.glob("fold-*/seed-*/folds.json"):
        content = json.loads(path.read_text())
        del content["columns"]
        for side in ("train", "validation", "test"):
            content[side] = [
                name if view == "original" else f"{name}#{view}" for name, view, *_ in content[side]
            ]
        write_text(path, json.dumps(content))
    mark_as_once(run)


def _predict(tested: pd.DataFrame, cell: Cell, skill: float) -> pd.DataFrame:
    name = sum(map(ord, cell.run.as_posix().rpartition("runs/")[2]))
    rng = np.random.default_rng([cell.fold, cell.seed, name])
    scores = rng.random((len(tested), len(EMOTIONS)))
    right = tested["truth"].map(EMOTIONS.index).to_numpy()
    scores[np.arange(len(tested)), right] += rng.random(len(tested)) * 2 * skill
    shares = np.exp(3 * scores) / np.exp(3 * scores).sum(axis=1, keepdims=True)
    table = tested[["id", "speaker", "truth"]].reset_index(drop=True)
    table.insert(1, "view", "original")
    table.insert(3, "fold", cell.fold)
    table.insert(4, "seed", cell.seed)
    table["prediction"] = [EMOTIONS[i] for i in shares.argmax(axis=1)]
    return pd.concat([table, pd.DataFrame(shares, columns=[f"p_{e}" for e in EMOTIONS])], axis=1)


def _log(cell: Cell) -> str:
    lines = ["epoch,step,train/loss,val/loss,val/uar"]
    for epoch in range(6):
        uar = 0.3 + 0.08 * epoch - 0.01 * epoch**2 + 0.02 * cell.fold
        lines.append(f"{epoch},{epoch * 9},,{1.4 - 0.1 * epoch + 0.03 * epoch**2},{uar}")
        lines.append(f"{epoch},{epoch * 9},{1.5 * 0.7**epoch},,")
    return "\n".join(lines) + "\n"

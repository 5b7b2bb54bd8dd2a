"""Files of a finished run that were edited, cut, exchanged or lost."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from faults.commands import run, tables
from faults.damage import ANY, Damage
from faults.fault import Fault, Tries, expect
from faults.interruptions import TRAINING

CELL = "synthetic/lstm/stratified/x/fold-00/seed-0"
OTHER = "synthetic/lstm/stratified/x/fold-01/seed-0"


def table_edit(change: Callable[[pd.DataFrame], pd.DataFrame]) -> Damage:
    """Damage of a table: read, changed and written as it was."""

    def damage(path: Path) -> None:
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        change(table).to_csv(path, index=False, lineterminator="\n")

    return damage


def json_edit(change: Callable[[dict[str, Any]], Any]) -> Damage:
    """Damage of a JSON file."""

    def damage(path: Path) -> None:
        path.write_text(json.dumps(change(json.loads(path.read_text("utf-8"))), indent=2), "utf-8")

    return damage


def of_the_other_fold(path: Path) -> None:
    """Take the file of another fold."""
    shutil.copy(Path(str(path).replace("fold-00", "fold-01")), path)


def replaced(table: pd.DataFrame, **columns: Any) -> pd.DataFrame:
    """Put columns in the place of others."""
    changed: pd.DataFrame = table.assign(**columns)
    return changed


def exchanged(table: pd.DataFrame) -> pd.DataFrame:
    """Call every utterance rightly recognised."""
    return replaced(table, prediction=table["truth"])


def shifted(table: pd.DataFrame) -> pd.DataFrame:
    """Give each utterance the truth of the one before it."""
    return replaced(table, truth=table["truth"].to_numpy()[[-1, *range(len(table) - 1)]])


def certain(table: pd.DataFrame) -> pd.DataFrame:
    """Make every probability one."""
    shares = [column for column in map(str, table) if column.startswith("p_")]
    return replaced(table, **dict.fromkeys(shares, "1.000000"))


TABLES: dict[str, Damage] = {
    "a row removed": table_edit(lambda table: table[:-1]),
    "a row twice": table_edit(lambda table: pd.concat([table, table[-1:]])),
    "no rows": table_edit(lambda table: table[:0]),
    "every prediction right": table_edit(exchanged),
    "truths shifted": table_edit(shifted),
    "probabilities of one": table_edit(certain),
    "a probability that is not a number": table_edit(
        lambda t: replaced(t, **{str(t.columns[-1]): "nan"})
    ),
    "another seed": table_edit(lambda table: replaced(table, seed="7")),
    "a column lost": table_edit(lambda table: table.drop(columns="truth")),
    "that of another fold": of_the_other_fold,
}
SIDES: dict[str, Damage] = {
    "training and test exchanged": json_edit(
        lambda c: {**c, "train": c["test"], "test": c["train"]}
    ),
    "a list in its place": json_edit(lambda _: []),
    "that of another fold": of_the_other_fold,
}
DONE: dict[str, Damage] = {
    "another configuration": json_edit(lambda content: {**content, "config": "0" * 16}),
    "a list in its place": json_edit(lambda _: []),
}


def base(folder: Path) -> Path:
    """Train two folds, which every try takes a copy of."""
    for fold in (0, 1):
        words = [*TRAINING, f"fold={fold}", f"output={folder / 'runs'}"]
        run("train", [*words, f"data.cache={folder / 'cache'}"]).succeeded()
    return folder / "runs"


def edited(folder: Path, file: str, damage: Damage) -> None:
    """Damage a file of a finished fold: status names it, and training makes it good."""
    runs = folder / "try"
    shutil.rmtree(runs, ignore_errors=True)
    shutil.copytree(folder / "runs", runs)
    damage(runs / CELL / file)
    seen = run("status", [str(runs)]).succeeded()
    lost = file == "done" and not (runs / CELL / file).exists()  # then it is not finished
    expect(lost or f"fold-00/seed-0/{file}" in seen.out, f"not named: {seen.out[-400:]}")
    words = [*TRAINING, f"output={runs}", f"data.cache={folder / 'cache'}"]
    run("train", words).succeeded()
    expect(tables(runs) == tables(folder / "runs"), "other predictions than before")


def _of(file: str, damages: dict[str, Damage]) -> Callable[[Path], Tries]:
    def tries(folder: Path) -> Tries:
        base(folder)
        every = {**ANY, **damages}
        return {name: partial(edited, folder, file, damage) for name, damage in every.items()}

    return tries


AGAIN = "named, not scored; training again gives the same bytes"
FAULTS = (
    Fault("`predictions.csv` of a finished fold damaged", AGAIN, _of("predictions.csv", TABLES)),
    Fault("`validation.csv` damaged", AGAIN, _of("validation.csv", TABLES)),
    Fault("`folds.json` damaged", AGAIN, _of("folds.json", SIDES)),
    Fault("`environment.json` damaged", AGAIN, _of("environment.json", {})),
    Fault("`done` damaged", AGAIN, _of("done", DONE)),
)

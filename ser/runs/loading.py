"""What a finished cell holds, read from its own files or from kept evidence, and checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import pandas as pd

from ser.errors import DamageError
from ser.runs.cell import Cell
from ser.runs.checks import fact_faults, fold_faults, side_faults, table_faults
from ser.runs.contents import settings_of
from ser.runs.facts import Facts
from ser.runs.files import parse_json, read_bytes, stamp
from ser.runs.kept import Kept, kept_run, kept_sides, name_of
from ser.runs.layout import DONE, FACTS, FOLDS, IDENTITY, KEPT, PREDICTIONS, VALIDATION
from ser.runs.marker import TABLES, digest, read_identity, read_marker, sha256
from ser.runs.predictions import from_csv
from ser.runs.sides import lines_of
from ser.system.recent import Recent

Stamps = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Content:
    """What a finished cell holds.

    Args:
        predictions: Predictions of the test side.
        validation: Predictions of the validation side, where there is one.
        sides: Content of ``folds.json``, where there is one.
        facts: What is known of the training.
    """

    predictions: pd.DataFrame
    validation: pd.DataFrame | None
    sides: Any
    facts: Facts


RECENT: Recent[Content] = Recent(most=2**25)
OF_RUNS: Recent[Mapping[tuple[str, str], pd.DataFrame]] = Recent(most=2**25)
EACH, PER_BYTE = 2**16, 4  # bytes of memory for a content, and for a byte of its files


def load(cell: Cell) -> Content:
    """Read a cell from kept evidence or its own files, once as long as they do not change.

    Raises:
        DamageError: If something is missing, cut, edited, or of another cell.
    """
    kept = kept_run(cell.run)
    if kept is not None:
        files = (KEPT, *TABLES, IDENTITY)
        stamps = tuple(stamp(cell.run / name) for name in files)
        size = _memory(stamps, cells=len(kept.cells))
        return RECENT.get((cell, stamps), size, lambda: _load_kept(cell, kept))
    places = [*(cell.folder / name for name in (DONE, *TABLES)), cell.run / IDENTITY]
    if not (cell.folder / PREDICTIONS).exists():
        places.append(cell.run / PREDICTIONS)
    stamps = tuple(map(stamp, places))
    return RECENT.get((cell, stamps), _memory(stamps), lambda: _load_cell(cell))


def _memory(stamps: Stamps, cells: int = 1) -> int:
    """Bytes that the content of some files takes, about, for each of the cells that they are of."""
    return EACH + PER_BYTE * sum(size for _, size, *_ in filter(None, stamps)) // max(cells, 1)


def _load_kept(cell: Cell, kept: Kept) -> Content:
    if name_of(cell.folder) not in kept.cells:
        raise DamageError(f"{cell.run / KEPT} has nothing of {name_of(cell.folder)}")
    _refuse_other(cell.run / KEPT, kept.config, cell)
    _refuse_changed(cell.run, kept.files or {})
    validation = cell.run / VALIDATION
    content = Content(
        predictions=_rows_of(cell, cell.run / PREDICTIONS),
        validation=_rows_of(cell, validation) if validation.exists() else None,
        sides=kept_sides(cell.run).get(name_of(cell.folder)),
        facts=_facts(kept.cells[name_of(cell.folder)]),
    )
    _check(cell, content, {name: cell.run / name for name in TABLES} | {FACTS: cell.run / KEPT})
    return content


def _load_cell(cell: Cell) -> Content:
    folder = cell.folder
    config, files = read_marker(folder / DONE)
    _refuse_other(folder / DONE, config, cell)
    held = {name: read_bytes(folder / name) for name in TABLES if (folder / name).exists()}
    if files is not None:
        _compare(folder, {name: sha256(held[name]) for name in held}, files)
    sides = parse_json(folder / FOLDS, held[FOLDS]) or {} if FOLDS in held else None
    content = Content(
        predictions=_table(folder / PREDICTIONS, held[PREDICTIONS])
        if PREDICTIONS in held
        else _rows_of(cell, cell.run / PREDICTIONS),  # as evidence was kept once
        validation=_table(folder / VALIDATION, held[VALIDATION]) if VALIDATION in held else None,
        sides=sides,
        facts=_facts(parse_json(folder / FACTS, held.get(FACTS) or read_bytes(folder / FACTS))),
    )
    _check(cell, content, {name: folder / name for name in TABLES})
    return content


def _check(cell: Cell, content: Content, paths: Mapping[str, Path]) -> None:
    """Refuse a cell by the first fault that its files have."""
    for name, faults in _checks(cell, content, paths[FOLDS]):
        if fault := next(faults, ""):
            raise DamageError(f"{paths[name]} {fault}")


def _checks(cell: Cell, content: Content, path: Path) -> Iterator[tuple[str, Iterator[str]]]:
    tables = {"test": content.predictions, "validation": content.validation}
    files = {"test": PREDICTIONS, "validation": VALIDATION}
    found = {side: table for side, table in tables.items() if table is not None}
    for side, table in found.items():
        yield files[side], table_faults(table, cell)
    sizes = {side: len(table) for side, table in found.items()}
    if content.sides is not None:
        sides = lines_of(path, content.sides)
        yield FOLDS, fold_faults(content.sides, sides, cell)
        for side, table in found.items():
            yield files[side], side_faults(table, sides[side])
        sizes = {side: len(lines) for side, lines in sides.items()}
    yield FACTS, fact_faults(content.facts, cell, sizes)


def _refuse_other(marker: Path, config: str, cell: Cell) -> None:
    recorded = read_identity(cell.run)
    if config not in (digest(recorded), digest(settings_of(recorded))):  # once, settings alone
        raise DamageError(f"{marker} is of another configuration than identity.json")


def _refuse_changed(run: Path, files: Mapping[str, str]) -> None:
    held = {name: _digest(run / name, stamp(run / name)) for name in files if (run / name).exists()}
    _compare(run, held, files)


def _compare(folder: Path, held: Mapping[str, str], files: Mapping[str, str]) -> None:
    """Refuse files that are not those that were finished; a model is looked at by who loads it."""
    for name in TABLES:
        if name in files and name not in held:
            raise DamageError(f"{folder / name} is missing")
        if held.get(name) != files.get(name):
            raise DamageError(f"{folder / name} was changed since the training wrote it")


@lru_cache(maxsize=64)
def _digest(path: Path, _stamp: tuple[int, ...]) -> str:
    return sha256(read_bytes(path))


def _facts(content: Any) -> Facts:
    return cast("Facts", content if isinstance(content, dict) else {})


def _rows_of(cell: Cell, path: Path) -> pd.DataFrame:
    """Rows of a cell in a table of its run."""
    now = stamp(path)
    tables = OF_RUNS.get((path, now), _memory((now,)), lambda: _by_cell(path))
    found = tables.get((str(cell.fold), str(cell.seed)))
    if found is None:
        raise DamageError(f"{path} has no rows of fold {cell.fold} at seed {cell.seed}")
    return found


def _by_cell(path: Path) -> Mapping[tuple[str, str], pd.DataFrame]:
    table = _table(path, read_bytes(path))
    if not {"fold", "seed"} <= set(table.columns):
        raise DamageError(f"{path} was edited: it has no columns fold and seed")
    groups = table.groupby([table["fold"].astype(str), table["seed"].astype(str)], sort=False)
    return {(str(f), str(s)): rows.reset_index(drop=True) for (f, s), rows in groups}


def _table(path: Path, content: bytes) -> pd.DataFrame:
    try:
        return from_csv(BytesIO(content))
    except ValueError as error:
        raise DamageError(f"{path} is cut or was edited: it is no table of predictions") from error

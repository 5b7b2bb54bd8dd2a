"""Which configuration a run folder belongs to, and the marker that makes a cell count."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from ser.errors import RunError
from ser.models.history import FORMER_FORMS
from ser.runs.accord import refuse_other_contents
from ser.runs.before import value_of
from ser.runs.cell import Cell
from ser.runs.checked import damage
from ser.runs.configuration import identity, is_incidental
from ser.runs.contents import OF_CORPUS, Contents, settings_of
from ser.runs.facts import Facts
from ser.runs.files import create_json, write_json, write_text
from ser.runs.layout import DONE, FACTS, IDENTITY, KEPT, LOCK, MODEL, PREDICTIONS, VALIDATION
from ser.runs.marker import digest, mark_done, model_damage, read_identity
from ser.runs.predictions import to_csv
from ser.runs.state import started_cells
from ser.storage import locked
from ser.system.letters import quoted


def open_run(run: Path, config: Mapping[str, Any], contents: Contents | None = None) -> None:
    """Claim a run folder for a configuration, and for the corpus, folds and code that go with it.

    Args:
        run: Folder of the run.
        config: Resolved configuration.
        contents: What else decides the figures; None compares settings alone.

    Raises:
        RunError: If the run holds folds of another configuration, corpus or code, which shows what
            differs, or is kept evidence.
    """
    if (run / KEPT).exists():
        raise RunError(
            f"{run} is kept evidence, which holds no models to go on with; pass "
            "output=ANOTHER_FOLDER to train it again."
        )
    now, more = identity(config), contents.keys if contents else {}
    if create_json(run / IDENTITY, {**now, **more}):
        if contents:
            contents.write(run)
        return
    try:
        _refuse_other_settings(run, now)
        if contents:
            _accept(run, contents)
    except RunError as error:
        raise RunError(f"{error}{_way_out(run)}") from error


def _way_out(run: Path) -> str:
    """What to do about a run of which nothing was finished, as while one writes a network."""
    states = {each.state for each in started_cells(run)}
    command = f"python -m ser.status --forget {quoted(str(run), 'utf-8')}"
    return f" All that it holds has failed: {command} removes it." if states == {"failed"} else ""


def _refuse_other_settings(run: Path, now: Mapping[str, Any]) -> None:
    recorded = settings_of(read_identity(run))
    if keys := differing(recorded, now):
        changes = "; ".join(f"{k}: {recorded.get(k)} there, {now.get(k)} now" for k in keys)
        raise RunError(
            f"{run} holds folds of another configuration ({changes}). Figures of two "
            "configurations are not mixed: pass output=ANOTHER_FOLDER, or remove that run."
        )


def _accept(run: Path, contents: Contents) -> None:
    """Go on with a run, and record of its contents what an earlier version did not."""
    with locked(run / LOCK):
        recorded = read_identity(run)
        refuse_other_contents(run, recorded, contents)
        if OF_CORPUS not in recorded:
            write_json(run / IDENTITY, {**recorded, **contents.keys})
        contents.write(run)


def is_done(cell: Cell, config: Mapping[str, Any]) -> bool:
    """Whether a cell was finished with this configuration, and is whole.

    A setting that came later and is null makes no other configuration.
    """
    marker = cell.folder / DONE
    if not (marker.exists() and (cell.run / IDENTITY).exists()):
        return False
    if damage(cell.folder) or model_damage(cell.folder / MODEL):
        return False
    return not differing(settings_of(read_identity(cell.run)), identity(config))


def finish(
    cell: Cell, tested: pd.DataFrame, facts: Facts, validation: pd.DataFrame | None = None
) -> None:
    """Write predictions and facts, then the marker that makes the cell count.

    Args:
        cell: Cell that was trained.
        tested: Predictions of the test side.
        facts: What is to be known of the training.
        validation: Predictions of the validation side, where there is one.
    """
    write_text(cell.folder / PREDICTIONS, to_csv(tested), durable=False)
    (cell.folder / VALIDATION).unlink(missing_ok=True)
    if validation is not None:
        write_text(cell.folder / VALIDATION, to_csv(validation), durable=False)
    write_json(cell.folder / FACTS, facts)  # brings all their names to the disk before the marker
    mark_done(cell.folder, read_identity(cell.run))


def differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Keys of two identities whose values differ; a class that only moved is the same."""
    keys = {key for key in {*old, *new} if not is_incidental(key)}
    return sorted(key for key in keys if not _same(key, value_of(key, old), value_of(key, new)))


def _same(key: str, old: Any, new: Any) -> bool:
    if key == "model.form":
        old, new = FORMER_FORMS.get(old, old), FORMER_FORMS.get(new, new)
    if key.endswith("_target_") and isinstance(old, str) and isinstance(new, str):
        ours = old.startswith("ser.") and new.startswith("ser.")
        return old.rpartition(".")[2] == new.rpartition(".")[2] if ours else old == new
    return bool(old == new) or digest(old) == digest(new)  # nan, which equals nothing

"""``python -m ser.selection RUNS…``: choose settings within each fold, and report the test outside.

Several runs with ``cv.inner=k`` are candidates. In every fold the one is taken whose inner folds
have the highest pooled UAR; only its predictions of the test side of that fold count. The test
sides have no part in the choice, so the figure of the selected run is that of the whole
procedure, choosing included.

References:
    Cawley and Talbot, "On over-fitting in model selection and subsequent selection bias in
    performance evaluation", JMLR 11, 2010.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from ser.errors import RunError, SerError, StorageError
from ser.evaluation.design import design_of
from ser.evaluation.figures import summarise
from ser.evaluation.stamps import stamp_of
from ser.report import report
from ser.runs.checked import damaged_cells, done_cells, read_cell, read_facts, read_predictions
from ser.runs.chosen import CANDIDATES, CHOSEN, root_of
from ser.runs.configuration import is_incidental
from ser.runs.contents import OF_CORPUS, OF_FOLDS, OF_LABELS
from ser.runs.files import read_bytes, write_bytes, write_json, write_text
from ser.runs.layout import (
    ALL_INNER,
    CORPUS,
    FACTS,
    FOLDS,
    IDENTITY,
    PREDICTIONS,
    SELECTION,
    VALIDATION,
)
from ser.runs.marker import mark_done
from ser.runs.pool import misfits
from ser.runs.predictions import stamped, to_csv
from ser.runs.reading import Run, find_runs
from ser.runs.words import safe_name
from ser.sweep.choices import show
from ser.system.counted import counted
from ser.system.orders import Orders
from ser.system.paths import expanded

KEPT_ALIKE = ("cv.", "protocol.", "data.", "shuffle_labels")
ALIKE = (OF_CORPUS, OF_LABELS, OF_FOLDS)  # which runs of earlier versions do not say
FREE = (
    "data.batch_size",
    "data.eval_batch_size",
    "data.balance",
    "data.group_by_length",
)  # settings of the training, not of the corpus


@dataclass(frozen=True)
class Candidate:
    """A run with inner folds.

    Args:
        run: The run.
        root: Folder that the selected run is written below.
    """

    run: Run
    root: Path

    def score(self, cell: Path) -> float:
        """Pooled UAR over the inner folds of a cell, such as ``fold-03/seed-0``."""
        tables = [read_cell(folder).predictions for folder in self._inner(cell)]
        pool = pd.concat(tables, ignore_index=True)
        if wrong := misfits(pool):
            raise RunError(
                f"the inner folds of {self.run.folder / cell} choose nothing: {'; '.join(wrong)}. "
                "Remove that folder and train it again."
            )
        return summarise(pool)["pooled"]["uar"]

    def facts(self, cell: Path) -> dict[str, Any]:
        """``environment.json`` of a cell, with the seconds of its inner folds in its own."""
        fact = read_facts(self.run.folder / cell)
        seconds = [read_facts(folder)["seconds"] for folder in self._inner(cell)]
        return {**fact, "seconds": fact["seconds"] + sum(seconds)}

    def _inner(self, cell: Path) -> list[Path]:
        return sorted((self.run.folder / cell).glob(ALL_INNER))


def select(folders: Iterable[Path], place: Path | None = None) -> list[Path]:
    """Write a selected run for every set of candidates among some runs.

    Runs are candidates for one another if they have inner folds and agree on corpus, regime and
    protocol. Folds that some candidate has not finished are left for a later call.

    Args:
        folders: Folders of runs, or above them.
        place: Folder that the selected runs are written below; None takes that of the candidates.

    Returns:
        Folders of the selected runs, ``corpus/selected/cv/…``.

    Raises:
        RunError: If the candidates of a fold did not test the same utterances, or those of a run
            were tested more or less often than its regime says.
    """
    runs = [run for run in find_runs(folders) if run.identity.get("cv.inner")]
    sets: dict[str, list[Candidate]] = {}
    for run in (run for run in runs if CANDIDATES not in run.identity):
        root = root_of(run.folder)
        ours = Candidate(run, place or root)
        sets.setdefault(f"{root} {_common_ground(run)}", []).append(ours)
    agreeing = [part for candidates in sets.values() for part in _agreeing(candidates)]
    found = [_select(candidates) for candidates in agreeing if len(candidates) > 1]
    return [folder for folder in found if folder]


def _common_ground(run: Run) -> str:
    alike = {
        key: value
        for key, value in run.identity.items()
        if key.startswith(KEPT_ALIKE) and key not in FREE and not is_incidental(key)
    }
    return json.dumps([run.name.corpus, alike], sort_keys=True)


def _agreeing(candidates: Sequence[Candidate]) -> list[list[Candidate]]:
    """Part candidates that were trained with different corpora or folds, where that is known."""
    parts: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        contents = [candidate.run.identity.get(key) for key in ALIKE]
        parts.setdefault(json.dumps(contents), []).append(candidate)
    silent = parts.pop(json.dumps([None] * len(ALIKE)), [])
    if len(parts) > 1:
        return [*parts.values(), silent]
    return [list(candidates)]


def _select(candidates: Sequence[Candidate]) -> Path | None:
    """Choose in every cell that all candidates finished; None if there is none."""
    folders = [candidate.run.folder for candidate in candidates]
    finished = [{cell.relative_to(folder) for cell in done_cells(folder)} for folder in folders]
    for candidate in candidates:
        read_predictions(candidate.run.folder)  # refuses a pool that its regime does not give
    cells = sorted(set.intersection(*finished))
    if not cells:
        return None
    folder = candidates[0].root / _name(candidates)
    identity = _identity(candidates)
    write_json(folder / IDENTITY, identity)
    if OF_CORPUS in identity and (folders[0] / CORPUS).exists():
        write_bytes(folder / CORPUS, read_bytes(folders[0] / CORPUS))
    choices = pd.concat([_choose(candidates, cell, folder, identity) for cell in cells])
    selected = Run(folder, identity)
    stamp = stamp_of(selected, design_of(selected))
    said = stamped(choices, stamp.short if stamp.alarms else "")
    write_text(folder / SELECTION, to_csv(said))
    lost = [f"LEFT OUT: {each}/{fault}" for each in folders for fault in damaged_cells(each)]
    report(folder, _title(candidates), [*stamp.notes, notes_on(candidates), *lost])
    return folder


def _name(candidates: Sequence[Candidate]) -> Path:
    """Name a selected run by what there was to choose from."""
    names = [candidate.run.name for candidate in candidates]
    models = list(dict.fromkeys(name.model for name in names))
    words = [f"model-{model}" for model in models] if len(models) > 1 else models
    changed = [name.variant for name in names if name.variant]
    variant = safe_name("_".join(dict.fromkeys([*words, *changed])))
    return Path(names[0].corpus, "selected", names[0].cv, variant)


def _identity(candidates: Sequence[Candidate]) -> dict[str, Any]:
    """What the candidates have in common, and what they are called."""
    first, *others = (candidate.run.identity for candidate in candidates)
    common = {k: v for k, v in first.items() if all(k in o and o[k] == v for o in others)}
    return {**common, CANDIDATES: [str(candidate.run.name) for candidate in candidates]}


def _choose(
    candidates: Sequence[Candidate], cell: Path, folder: Path, identity: dict[str, Any]
) -> pd.DataFrame:
    """Keep the cell of the best candidate; of equals that whose path is first. Gives all scores.

    Figures that are published depend on that order, which is that of ``find_runs``.
    """
    _check_same_test(candidates, cell)
    scores = [candidate.score(cell) for candidate in candidates]
    best = candidates[scores.index(max(scores))]
    for name in (PREDICTIONS, VALIDATION, FOLDS):
        source = best.run.folder / cell / name
        if source.exists():
            write_bytes(folder / cell / name, read_bytes(source))
        else:  # of a candidate that was the best before
            (folder / cell / name).unlink(missing_ok=True)
    facts = [candidate.facts(cell) for candidate in candidates]
    chosen = facts[candidates.index(best)]
    whole = {**chosen, "seconds": sum(f["seconds"] for f in facts), CHOSEN: str(best.run.name)}
    write_json(folder / cell / FACTS, whole)
    mark_done(folder / cell, identity)
    names = [str(candidate.run.name) for candidate in candidates]
    table: pd.DataFrame = pd.DataFrame({"candidate": names, "inner_uar": scores})
    table.insert(0, "cell", cell.as_posix())
    table["chosen"] = [candidate is best for candidate in candidates]
    return table


def _check_same_test(candidates: Sequence[Candidate], cell: Path) -> None:
    tested = [
        set(read_cell(candidate.run.folder / cell).predictions["id"]) for candidate in candidates
    ]
    for candidate, ids in zip(candidates, tested, strict=True):
        if ids != tested[0]:
            raise RunError(
                f"{candidates[0].run.folder / cell} and {candidate.run.folder / cell} tested "
                "different utterances, so none can be selected; train both on one corpus."
            )


def _title(candidates: Sequence[Candidate]) -> str:
    name = candidates[0].run.name
    return f"{name.corpus}/selected/{name.cv}: {counted(len(candidates), 'candidate')}"


def notes_on(candidates: Sequence[Candidate]) -> str:
    """What a reader must know of the choice."""
    inner = candidates[0].run.identity["cv.inner"]
    names = ", ".join(str(candidate.run.name) for candidate in candidates)
    return (
        f"In each fold the candidate with the highest UAR over {inner} inner folds of its training "
        f"side was taken; test sides had no part in the choice. Candidates: {names}."
    )


def main(words: Sequence[str] | None = None) -> None:
    """Select among the runs that the command line names, and show the result."""
    parser = Orders(
        "python -m ser.selection",
        description="Choose among finished runs within each fold, by the UAR over inner folds of "
        "its training side, and report what these choices give on the test sides.",
        epilog="Runs have inner folds if they were trained with cv.inner=K, as the ready grids do "
        "(-m +grid=svm); others have no part in it, since only test sides could choose among them.",
    )
    parser.add_argument(
        "runs", nargs="+", type=expanded, help="folders of runs with inner folds, or above them"
    )
    try:
        _select_and_show(parser.parse_args(words).runs)
    except SerError as error:
        raise SystemExit(f"error: {error}") from error


def _select_and_show(runs: Sequence[Path]) -> None:
    try:
        show(select(runs))
    except StorageError as error:
        with tempfile.TemporaryDirectory() as folder:
            show(select(runs, Path(folder)), Path(folder))
        raise StorageError(f"what the tables show is not kept: {error}") from error

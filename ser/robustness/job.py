"""Have the models of a run judge other recordings of the utterances that they were tested on."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import pandas as pd
from torch import Tensor

from ser.corpora import Utterance
from ser.data.contents import hashes_of
from ser.data.sounds import sounds_of
from ser.errors import AudioError, CorpusError, RunError, SerError
from ser.evaluation.stamps import declared
from ser.features.audio import decode, to_mono
from ser.inference.loading import load
from ser.inference.predictor import Predictor
from ser.report.sheets.robustness import sheet_of
from ser.report.terminal import terminal
from ser.robustness.variants import VARIANTS, Variant
from ser.runs.cell import cell_at
from ser.runs.checked import done_cells, read_cell
from ser.runs.chosen import trained_cell
from ser.runs.contents import OF_CORPUS, TESTED, corpus_digest, corpus_table, read_corpus
from ser.runs.differences import differences
from ser.runs.layout import CONFIG, MODEL
from ser.runs.marker import read_identity
from ser.runs.predictions import of_originals, stamped
from ser.runs.reading import find_runs
from ser.runs.robustness import COLUMNS, ORIGINAL, write_answers
from ser.system.paths import expanded
from ser.system.terminal import Terminal, steps
from ser.training.build import build_corpus, configuration_of

log = logging.getLogger(__name__)
AS_RECORDED = Variant(ORIGINAL, lambda waveform, rate, name: (waveform, rate))


def main(folders: Sequence[Path], root: str | None = None) -> None:
    """Judge runs, print a table of each, and write ``robustness.csv`` into it.

    Args:
        folders: Folders of runs, or above them.
        root: Folder of their corpus; None takes the one that each run had.

    Raises:
        SystemExit: If a run cannot be judged; says why in one sentence.
    """
    screen = Terminal()
    try:
        runs = find_runs(folders)
        for number, run in enumerate(runs, 1):
            which = f", run {number} of {len(runs)}" if len(runs) > 1 else ""
            stamp = declared(run)
            if stamp.transductive and len(runs) > 1:
                screen.say(f"{run.folder} is left out: its models judge no recording by itself.")
                continue
            answers = answers_of(run.folder, root, f"{run.name}{which}")
            screen.say(str(run.folder), style="bold")
            screen.print(terminal(sheet_of(answers)))  # before the disk is asked to keep it
            for alarm in stamp.alarms:
                screen.say(f"warning: {alarm}")
            kept = stamped(answers, stamp.short if stamp.alarms else "")
            screen.say(f"Written to {write_answers(run.folder, kept)}")
    except SerError as error:
        raise SystemExit(f"error: {error}") from error
    for variant in VARIANTS:
        if variant.missing:
            log.warning("%s is not available: %s.", variant.name, variant.missing)


def answers_of(run: Path, root: str | None = None, title: str = "") -> pd.DataFrame:
    """Judge every recording of what a run held out.

    Args:
        run: Folder of the run; of a selected one, the models of the chosen candidates judge.
        root: Folder of its corpus; None takes the one that the run had.
        title: What the progress is that of; empty takes the name of the folder.

    Returns:
        A row for each utterance and recording, with the columns of ``robustness.csv``.

    Raises:
        RunError: If no cell is finished, models are gone or cannot be loaded, or they judge a
            speaker by all utterances together.
        CorpusError: If the corpus is absent, or differs from the one that the run was tested on.
        AudioError: If a file cannot be read, or a recording of it not be judged.
    """
    cells = done_cells(run)
    if not cells:
        raise RunError(f"{run} has no finished fold; run ser.train first.")
    trained = {cell: trained_cell(cell) for cell in cells}
    if lost := [cell for cell in trained.values() if not (cell / MODEL).is_file()]:
        raise RunError(
            f"{lost[0] / MODEL} does not exist, as in kept evidence and where models were removed "
            f"({len(lost)} of {len(cells)} folds); train the run again in another output."
        )
    utterances = _utterances(cell_at(trained[cells[0]]).run, root)
    held_out = {cell: of_originals(read_cell(cell).predictions) for cell in cells}
    judged = chain.from_iterable(
        _of_cell(cell, trained[cell] / MODEL, held_out[cell], utterances) for cell in cells
    )
    total = sum(map(len, held_out.values()))
    rows = chain.from_iterable(steps(judged, title or run.name, total))
    answers: pd.DataFrame = pd.DataFrame(rows, columns=list(COLUMNS))
    return answers


def _utterances(run: Path, root: str | None) -> dict[str, Utterance]:
    config = configuration_of(run / CONFIG)
    data: dict[str, Any] = dict(config["data"])
    if root is not None and "corpora" in data:
        raise RunError(
            f"{run} is of several corpora, and --root is the folder of one; leave it out, and see "
            "that each lies where the run had it."
        )
    data.update(_moved(data, root))
    corpus = build_corpus(data)
    corpus.prepare()
    utterances = corpus.utterances()
    _refuse_other(run, utterances)
    return {utterance.id: utterance for utterance in utterances}


def _moved(data: Mapping[str, Any], root: str | None) -> dict[str, str]:
    """Where a corpus that was moved lies; its table, if it is of one, is looked for there too.

    Raises:
        CorpusError: If the table is neither there nor where the run had it.
    """
    place = {} if root is None else {"root": root}
    if not data.get("file"):
        return place
    places = list(dict.fromkeys(_tables(root, expanded(data["file"]), data.get("root"))))
    found = next((path for path in places if path.is_file()), None)
    if found is None:
        raise CorpusError(
            f"the run is of the table {data['file']}, which is not at "
            f"{' or '.join(map(str, places))}; pass the folder that it is in as --root."
        )
    return {**place, "file": str(found)}


def _tables(root: str | None, before: Path, above: str | None) -> Iterator[Path]:
    """Places of a table: in the new root, as it was in the old one or at its top, or as ever."""
    if root is not None and above is not None and before.is_relative_to(expanded(above)):
        yield Path(root, before.relative_to(expanded(above)))
    if root is not None:
        yield Path(root, before.name)
    yield before


def _refuse_other(run: Path, utterances: Sequence[Utterance]) -> None:
    """Refuse a corpus that has other sound, emotions or speakers than the run was tested on."""
    there = read_corpus(run)
    if there is None or corpus_digest(there) != read_identity(run).get(OF_CORPUS):
        return  # of an earlier version, or damaged, which whoever scores the run says
    known = [utterance for utterance in utterances if utterance.id in there.index]
    if not known:
        return  # nor is one of those that were tested, which are named one by one
    then = there.loc[[u.id for u in known]].drop(columns=TESTED, errors="ignore")
    hashes = sounds_of(utterances, hashes_of(utterances))
    if found := differences(then, corpus_table(known, hashes, {})):
        raise CorpusError(
            f"the corpus is not the one that {run} was tested on: {'; '.join(found)}. Pass the "
            "folder of that one as --root."
        )


def _of_cell(
    folder: Path, model: Path, held_out: pd.DataFrame, utterances: Mapping[str, Utterance]
) -> Iterator[list[list[Any]]]:
    """Rows of one fold at one seed, those of each utterance together."""
    predictor, cell = load(model), cell_at(folder)
    _refuse_transductive(predictor, cell.run)
    for name, truth in zip(held_out["id"], held_out["truth"], strict=True):
        utterance = _known(utterances, name, cell.run)
        channels, rate = decode(utterance.path, utterance.start, utterance.end)
        mono = to_mono(channels, rate, rate)
        place = [cell.fold, cell.seed, name, truth]
        yield [
            [*place, variant.name, _answer(predictor, variant, mono, rate, utterance)]
            for variant in (AS_RECORDED, *VARIANTS)
        ]


def _refuse_transductive(predictor: Predictor, run: Path) -> None:
    """Refuse a model that does not judge recordings one by one."""
    if predictor.origin.transductive:
        raise RunError(
            f"{run} was trained with normalise={predictor.origin.scaler}, and its models judge no "
            "recording by itself; name runs with normalise=none."
        )


def _known(utterances: Mapping[str, Utterance], name: str, run: Path) -> Utterance:
    found = utterances.get(name)
    if found is None:
        raise CorpusError(
            f"the corpus has no utterance {name}, which {run} was tested on; pass the folder of "
            "the corpus that it was trained with as --root."
        )
    return found


def _answer(
    predictor: Predictor, variant: Variant, mono: Tensor, rate: int, utterance: Utterance
) -> str:
    """Emotion that is heard in a recording; empty where it cannot be made."""
    if variant.missing:
        return ""
    try:
        return predictor(*variant.change(mono, rate, utterance.id)).emotion
    except AudioError as error:
        raise AudioError(f"{utterance.path}, {variant.name}: {error}") from error

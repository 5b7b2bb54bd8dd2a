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
from ser.errors import AudioError, CorpusError, RunError, SerError
from ser.features.audio import decode, to_mono
from ser.inference.loading import load
from ser.inference.predictor import Predictor
from ser.report.sheets.robustness import sheet_of
from ser.report.terminal import terminal
from ser.robustness.variants import VARIANTS, Variant
from ser.runs.cell import cell_at
from ser.runs.checked import done_cells, read_cell
from ser.runs.layout import CONFIG, MODEL
from ser.runs.predictions import of_originals
from ser.runs.reading import find_runs
from ser.runs.robustness import COLUMNS, ORIGINAL, write_answers
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
            answers = answers_of(run.folder, root, f"{run.name}{which}")
            screen.say(str(run.folder), style="bold")
            screen.print(terminal(sheet_of(answers)))  # before the disk is asked to keep it
            screen.say(f"Written to {write_answers(run.folder, answers)}")
    except SerError as error:
        raise SystemExit(f"error: {error}") from error
    for variant in VARIANTS:
        if variant.missing:
            log.warning("%s is not available: %s.", variant.name, variant.missing)


def answers_of(run: Path, root: str | None = None, title: str = "") -> pd.DataFrame:
    """Judge every recording of what a run held out.

    Args:
        run: Folder of the run.
        root: Folder of its corpus; None takes the one that the run had.
        title: What the progress is that of; empty takes the name of the folder.

    Returns:
        A row for each utterance and recording, with the columns of ``robustness.csv``.

    Raises:
        RunError: If no cell is finished, models are gone or cannot be loaded, or they judge a
            speaker by all utterances together.
        CorpusError: If the corpus is absent, or another one.
        AudioError: If a file cannot be read, or a recording of it not be judged.
    """
    cells = done_cells(run)
    if not cells:
        raise RunError(f"{run} has no finished fold; run ser.train first.")
    if lost := [cell for cell in cells if not (cell / MODEL).is_file()]:
        raise RunError(
            f"{lost[0] / MODEL} does not exist, as in kept evidence and where models were removed "
            f"({len(lost)} of {len(cells)} folds); train the run again in another output."
        )
    utterances = _utterances(run, root)
    held_out = {cell: of_originals(read_cell(cell).predictions) for cell in cells}
    judged = chain.from_iterable(_of_cell(cell, held_out[cell], utterances) for cell in cells)
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
    if root is not None:
        data["root"] = root
    corpus = build_corpus(data)
    corpus.prepare()
    return {utterance.id: utterance for utterance in corpus.utterances()}


def _of_cell(
    folder: Path, held_out: pd.DataFrame, utterances: Mapping[str, Utterance]
) -> Iterator[list[list[Any]]]:
    """Rows of one fold at one seed, those of each utterance together."""
    predictor, cell = load(folder / MODEL), cell_at(folder)
    _refuse_transductive(predictor, cell.run)
    for name, truth in zip(held_out["id"], held_out["truth"], strict=True):
        utterance = _known(utterances, name, truth, cell.run)
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


def _known(utterances: Mapping[str, Utterance], name: str, truth: str, run: Path) -> Utterance:
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

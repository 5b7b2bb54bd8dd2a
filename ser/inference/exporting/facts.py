"""What is known of a model beside its weights: where it is from, and how good its run was."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ser import corpora
from ser.errors import RunError, SerError
from ser.evaluation.confusions import confusion
from ser.evaluation.figures import figures
from ser.evaluation.intervals import Interval, interval
from ser.inference.folder import weights_file
from ser.inference.fusion import ends_of
from ser.inference.naming import called
from ser.inference.predictor import Predictor
from ser.runs.layout import IDENTITY
from ser.runs.reading import Run, find_runs
from ser.system.counted import counted
from ser.system.digests import file_hash
from ser.system.version import __version__

CELL = 2  # folders from a run down to the model files of its folds: fold-03/seed-0


@dataclass(frozen=True)
class Evidence:
    """Figures of the run that a model is from, over all its finished folds.

    Args:
        folds: How many folds are finished.
        of: How many the regime has; None where nothing says it.
        utterances: How many utterances were tested.
        uar: Their pooled UAR.
        accuracy: Share of them that are right.
        interval: 95 % interval of the UAR; None where there are too few to draw from.
        confusion: Truth by prediction, in the order of the labels.
    """

    folds: int
    of: int | None
    utterances: int
    uar: float
    accuracy: float
    interval: Interval | None
    confusion: list[list[int]]

    @property
    def sentence(self) -> str:
        """The UAR with its interval, in words."""
        drawn = "too few speakers and utterances for an interval"
        if found := self.interval:
            ends = f"[{found.low:.1%}, {found.high:.1%}]"
            drawn = f"95 % interval {ends} over {found.clusters} {found.unit}s"
        whole = f"{self.folds} of {self.of or '?'} folds"
        return (
            f"UAR {self.uar:.1%}, {drawn} ({counted(self.utterances, 'tested utterance')}, {whole})"
        )


@dataclass(frozen=True)
class Facts:
    """What an export says of its model.

    Args:
        predictor: The model.
        files: Its file, or those of several that answer together.
        digests: SHA-256 of each.
        alarms: Sentences on what makes model or figures worthless.
        evidence: Figures of its run; None if the file does not lie in one.
        licence: Licence of the corpus, where the corpus is one of ours.
        citation: What to cite, likewise.
    """

    predictor: Predictor
    files: Sequence[Path]
    digests: Sequence[str]
    alarms: Sequence[str]
    evidence: Evidence | None
    licence: str
    citation: str

    @property
    def network(self) -> str:
        """Name of the network or estimator; of several, how many there are of each."""
        return called(self.predictor.model)

    def _front_end(self) -> Any:
        """Description of the front end, or a list of them where models read different features."""
        specs = [end.spec() for end in ends_of(self.predictor)]
        different = list({repr(spec): spec for spec in specs}.values())
        return different if len(different) > 1 else self.predictor.model.front_end

    def metadata(self) -> dict[str, str]:
        """All of it as words, for formats whose metadata are words."""
        origin, evidence = self.predictor.origin, self.evidence
        known = {
            "ser.version": __version__,
            "ser.network": self.network,
            "ser.digest": " ".join(self.digests),
            "models": str(len(self.files)),
            "labels": json.dumps(list(self.predictor.labels)),
            "sample_rate": str(self.predictor.sample_rate),
            "shortest": str(shortest(self.predictor)),
            "front_end": json.dumps(self._front_end()),
            "corpus": origin.corpus,
            "licence": self.licence,
            "citation": self.citation,
            "regime": origin.regime,
            "fold": "" if origin.fold is None else str(origin.fold),
            "protocol": origin.protocol,
            "alarms": json.dumps(list(self.alarms)),
            "figures": evidence.sentence if evidence else "",
        }
        if evidence:
            known["uar"] = str(evidence.uar)
        if evidence and evidence.interval:
            known["uar_interval"] = json.dumps([evidence.interval.low, evidence.interval.high])
        return known


def facts_of(files: Sequence[Path], predictor: Predictor, named: Path | None = None) -> Facts:
    """Gather what the model files and the run around them say.

    Args:
        files: Model files.
        predictor: What was loaded from them.
        named: What alone named them: a run that was selected has models of several runs, and
            figures of its own.
    """
    selected = named is not None and (named / IDENTITY).is_file()
    runs = {named} if named and selected else {_run(path.absolute()) for path in files}
    corpus: Any = getattr(corpora, predictor.origin.corpus or "Corpus", None)
    return Facts(
        predictor,
        files,
        [file_hash(weights_file(path)) for path in files],
        predictor.alarms,
        _evidence(runs, predictor.labels),
        getattr(corpus, "licence", ""),
        getattr(corpus, "citation", ""),
    )


def shortest(predictor: Predictor) -> int:
    """Samples that an utterance has at least: a window of each part, and 25 ms for its loudness."""
    windows = (front_end.window_length for front_end in ends_of(predictor))
    return max(*windows, round(0.025 * predictor.sample_rate))


def _run(checkpoint: Path) -> Path:
    return checkpoint.parents[CELL] if len(checkpoint.parents) > CELL else checkpoint.parent


def _evidence(runs: Collection[Path], labels: Sequence[str]) -> Evidence | None:
    """Figures of the run that all models are from."""
    run, *others = runs
    if others or not (run / IDENTITY).is_file():
        return None
    try:
        return _of_run(find_runs([run])[0], labels)
    except (SerError, IndexError):  # a run that cannot be read has no figures, and its model works
        return None


def _of_run(run: Run, labels: Sequence[str]) -> Evidence | None:
    predictions = run.predictions
    if predictions.empty:
        return None
    found = figures(predictions["truth"].tolist(), predictions["prediction"].tolist())
    folds = {cell.cell.fold for cell in run.finished}
    return Evidence(
        len(folds),
        run.num_folds,
        len(predictions),
        found["uar"],
        found["accuracy"],
        _interval(predictions),
        confusion(predictions, labels).tolist(),
    )


def _interval(predictions: Any) -> Interval | None:
    for unit in ("speaker", "utterance"):
        try:
            return interval(predictions, "uar", unit)
        except RunError:  # fewer than five of them
            continue
    return None

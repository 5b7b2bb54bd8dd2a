"""A whole job beside nkululeko, started from its command line."""

from __future__ import annotations

import re
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from benchmarks import peers
from benchmarks.commands import start
from benchmarks.corpora import corpus
from benchmarks.fits import configuration
from benchmarks.rounds import in_turns
from benchmarks.row import Row, compared
from ser.evaluation.figures import figures
from ser.runs.predictions import from_csv
from ser.training.build import build_data

OURS = {
    "ser, LSTM": ("model=lstm", "model.subtract_mean=false", "features=logmel", "refit=null"),
    "ser, 1D CNN": ("model=cnn1d", "refit=null"),
    "ser, MLP on functionals": ("model=mlp",),
}
JOB = """
[EXP]
root = {root}/
name = found
epochs = {epochs}
[DATA]
databases = ['train', 'test']
train = {root}/train.csv
train.type = csv
train.absolute_path = True
train.split_strategy = train
test = {root}/test.csv
test.type = csv
test.absolute_path = True
test.split_strategy = test
target = emotion
labels = {labels}
[FEATS]
type = ['os']
set = eGeMAPSv02
level = functionals
scale = standard
[MODEL]
type = mlp
layers = {{'l1': 64, 'l2': 16}}
drop = .4
learning_rate = 0.001
device = cpu
"""


def rows(threads: int, rounds: int, quick: bool = False) -> list[Row]:
    """Lines of this part: one speaker held out, nothing extracted before."""
    epochs, rounds = 3 if quick else 60, min(rounds, 3)  # of minutes each
    uars: dict[str, list[float]] = defaultdict(list)

    def run(name: str, way: Callable[[Path, int], float]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            uars[name].append(100 * way(Path(folder), epochs))

    makers = {name: partial(ours, words) for name, words in OURS.items()}
    makers["nkululeko"] = theirs
    times = in_turns({name: partial(run, name, way) for name, way in makers.items()}, rounds, 0)
    job = f"{corpus().name}, a speaker held out, command to end, {epochs} epochs at most"
    learnt = {name: statistics.mean(values) for name, values in uars.items()}
    return [
        *(
            compared(
                f"{job}: {name} beside an MLP on eGeMAPS",
                threads,
                times,
                "nkululeko",
                name,
                goal=">= 1",
            )
            for name in OURS
        ),
        Row(
            "UAR of these; nkululeko (MLP on eGeMAPS) takes the epoch that tests best",
            threads,
            learnt,
            "%",
        ),
    ]


def ours(network: Sequence[str], folder: Path, epochs: int) -> float:
    """UAR of ``ser.train`` with an empty store."""
    found = corpus()
    words = (
        *(*network, "cv=speaker", "fold=0", "trainer=cpu", f"trainer.max_epochs={epochs}"),
        *(f"data={found.name}", f"data.root={found.root}", f"output={folder / 'runs'}"),
    )
    start(["ser.train", *words], folder / "cache")
    table = from_csv(next(folder.rglob("predictions.csv")))
    return figures(table["truth"].tolist(), table["prediction"].tolist())["uar"]


def theirs(folder: Path, epochs: int) -> float:
    """UAR of nkululeko on the same sides, of the epoch that was best on the test side."""
    data = build_data(
        configuration(f"data={corpus().name}", f"data.root={corpus().root}", "cv=speaker")
    )
    data.setup()
    tested = {row.speaker for row in data.fold_data.rows("test")}
    for side in ("train", "test"):
        lines = [
            f"{u.path},{u.speaker},{u.emotion}\n"
            for u in data.folds.utterances
            if (u.speaker in tested) == (side == "test")
        ]
        (folder / f"{side}.csv").write_text("file,speaker,emotion\n" + "".join(lines))
    settings = folder / "job.ini"
    settings.write_text(JOB.format(root=folder, epochs=epochs, labels=list(data.labels)))
    printed = peers.run(["-m", "nkululeko.nkululeko", "--config", str(settings)]).stderr
    return float(re.findall(r"result=([0-9.]+)", printed)[-1])

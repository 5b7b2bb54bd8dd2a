"""The published rows beside what was measured.

Every file of ``conf/experiment/published`` is a row; its run under the published protocol and
under the honest one are looked for by the names that ``ser.train`` gives them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reproduce.lines import composed, epochs_of, folds_of, heading, minutes_of, row_of
from ser.evaluation.figures import summarise
from ser.runs.configuration import config_folder
from ser.runs.facts import read_facts
from ser.runs.layout import done_cells
from ser.runs.names import run_name
from ser.runs.predictions import read_predictions

HEADING = (
    "`experiment=published/…`",
    "published: accuracy / F1",
    "`protocol=published`, leaking: accuracy / F1",
    "`protocol=honest`: accuracy / F1, UAR",
)
LICENSED = "not run: licensed corpus"


@dataclass(frozen=True)
class Row:
    """A published row and where its runs lie, below the folder of results.

    Args:
        name: Name of the experiment.
        corpus: Name of the corpus.
        figures: Published accuracy and weighted F1, in percent.
        runs: Folder of the run by protocol.
    """

    name: str
    corpus: str
    figures: Mapping[str, float]
    runs: Mapping[str, Path]


def rows() -> list[Row]:
    """List every published row, in the order of the file names."""
    folder = Path(config_folder(), "experiment", "published")
    return [_row(path.stem) for path in sorted(folder.glob("*.yaml"))]


def table(results: Path) -> str:
    """Markdown of all rows; what was not run says so.

    Args:
        results: Folder of run folders.
    """
    lines = heading(HEADING, words=len(HEADING))
    for row in rows():
        published = f"{row.figures['accuracy']:.1f} / {row.figures['weighted_f1']:.1f}"
        found = [_measured(row, protocol, results) for protocol in ("published", "honest")]
        lines.append(row_of([f"`{row.name}`", published, *found]))
    return "\n".join(lines)


def _row(name: str) -> Row:
    word = f"experiment=published/{name}"
    cfg = composed([word])
    choices = cfg.hydra.runtime.choices
    runs = {
        "published": run_name(choices, [word]),
        "honest": run_name(choices, [word, "protocol=honest"]),
    }
    return Row(name, str(choices.data), dict(cfg.published), runs)


def _measured(row: Row, protocol: str, results: Path) -> str:
    run = results / row.runs[protocol]
    cells = done_cells(run)
    if not cells:
        return LICENSED if row.corpus == "iemocap" else "not run"
    summary = summarise(read_predictions(run))
    mean, uar = summary["mean"], summary["pooled"]["uar"]
    figures = f"{mean['accuracy']:.1%} / {mean['weighted_f1']:.1%}"
    if protocol == "honest":
        figures += f", {uar:.1%}"
    facts = [read_facts(cell) for cell in cells]
    cost = f"{folds_of(facts)} folds, {epochs_of(facts)} epochs, {minutes_of(facts)} min"
    return f"{figures} ({cost})"

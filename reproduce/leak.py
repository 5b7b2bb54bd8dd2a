"""The steps between the published protocol and the honest one, of one published row."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from reproduce.jobs import Job
from reproduce.lines import figures_of, folds_of, heading, row_of

HEADING = ("EmoDB, 1D CNN, augmented", "folds", "accuracy", "weighted F1", "UAR")
EXPERIMENT = "emodb_cnn1d_augmented"
# Labels that mean nothing take longer to learn by heart: no dropout, three times the epochs.
SHUFFLED = ("shuffle_labels=true", "model.dropout=0", "trainer.max_epochs=60")

_job = partial(Job, "emodb", "cnn1d", experiment=EXPERIMENT)
STEPS = {
    "published: copies are made, then rows are dealt to folds": _job("kfold"),
    "copies stay with their utterance, and are tested too": _job(
        "kfold", changed=("protocol=grouped",)
    ),
    "honest: only originals are tested": _job("kfold", changed=("protocol=honest",)),
    "honest, and the speaker is new": _job("speaker", changed=("protocol=honest",)),
    "published, labels shuffled": _job("kfold", changed=SHUFFLED, name=f"{EXPERIMENT}_shuffled"),
    "honest, labels shuffled": _job(
        "kfold",
        changed=("protocol=honest", *SHUFFLED),
        name=f"{EXPERIMENT}_protocol-honest_shuffled",
    ),
}


def jobs() -> list[Job]:
    """List the trainings of all steps."""
    return list(STEPS.values())


def leak(results: Path) -> str:
    """Markdown of the steps from the published protocol to the honest one.

    Args:
        results: Folder of run folders.
    """
    steps = [row_of([title, *_step(results / job.run)]) for title, job in STEPS.items()]
    return "\n".join([*heading(HEADING), *steps])


def _step(run: Path) -> list[str]:
    found = figures_of(run)
    if found is None:
        return ["not run", "", "", ""]
    summary, _ = found
    figures = (f"{summary['pooled'][name]:.1%}" for name in ("accuracy", "weighted_f1", "uar"))
    return [folds_of(run), *figures]

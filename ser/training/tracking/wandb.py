"""Weights & Biases: a run for each fold, which those of one cross-validation group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ser.errors import check_choice
from ser.training.tracking.tracker import FINISHED, Story, Tracker

MODES = (None, "online", "offline", "disabled")


class WandB(Tracker):
    """Note folds as runs of a project; their group is the run that they belong to.

    Args:
        project: Name of the project.
        entity: User or team; None takes that of the account.
        mode: ``"online"``, ``"offline"``, which ``wandb sync`` sends later, or ``"disabled"``; None
            takes ``WANDB_MODE``, and else online.
    """

    package = "wandb"

    def __init__(
        self, project: str = "ser", entity: str | None = None, mode: str | None = None
    ) -> None:
        check_choice("logger.mode", mode, MODES)
        super().__init__()
        self.project = project
        self.entity = entity
        self.mode = mode

    def begin(self, story: Story) -> None:
        """Open a run of its own, beside one that a program may have open."""
        import wandb

        story.output.mkdir(parents=True, exist_ok=True)
        self.run: Any = wandb.init(
            project=self.project,
            entity=self.entity,
            mode=self.mode,
            dir=str(story.output),
            group=story.group,
            name=f"{story.group}/{story.name}",
            config={**story.settings, **story.facts},
            tags=[story.stamp[:64]] if story.stamp else None,
            reinit="create_new",
        )
        self.run.define_metric("*", step_metric="epoch")

    def note(self, figures: Mapping[str, float], epoch: int) -> None:
        """Add a point to each curve."""
        self.run.log({**figures, "epoch": epoch})

    def end(self, figures: Mapping[str, float], state: str) -> None:
        """Put the test figures where runs are compared by, and close the run."""
        self.run.summary.update(dict(figures))
        self.run.finish(exit_code=int(state != FINISHED))

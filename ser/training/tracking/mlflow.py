"""MLflow: a run for each fold, in a database beside the runs or on a server."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import Any

from ser.runs.configuration import flatten
from ser.training.tracking.tracker import FAILED, FINISHED, STOPPED, Story, Tracker

STATES = {FINISHED: "FINISHED", FAILED: "FAILED", STOPPED: "KILLED"}
MOST_PARAMETERS = 100  # that MLflow takes at once
LONGEST = 500  # letters of a parameter, whatever the version
# Of its own accord MLflow tries a server that is down for four minutes, and a fold takes seconds.
PATIENCE = {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2", "MLFLOW_HTTP_REQUEST_TIMEOUT": "20"}


class MLflow(Tracker):
    """Note folds as runs of an experiment; their tag ``group`` is the run that they belong to.

    Args:
        uri: Where to: a server or a database; None takes ``MLFLOW_TRACKING_URI``, and else
            ``mlflow.db`` in the folder of the runs, which ``mlflow ui --backend-store-uri
            sqlite:///runs/mlflow.db`` shows. A server that does not answer is tried three times,
            unless ``MLFLOW_HTTP_REQUEST_MAX_RETRIES`` says otherwise.
        experiment: Name of the experiment.
    """

    package = "mlflow"

    def __init__(self, uri: str | None = None, experiment: str = "ser") -> None:
        super().__init__()
        self.uri = uri
        self.experiment = experiment

    def begin(self, story: Story) -> None:
        """Create a run, with its facts and settings as parameters."""
        from mlflow.entities import Param
        from mlflow.tracking import MlflowClient

        for name, value in PATIENCE.items():
            os.environ.setdefault(name, value)
        self.client: Any = MlflowClient(self._place(story))
        tags = {"group": story.group, "stamp": story.stamp or "none"}
        run = self.client.create_run(
            self._experiment(), run_name=f"{story.group}/{story.name}", tags=tags
        )
        self.run: str = run.info.run_id
        told = {**flatten(story.settings), **story.facts}
        parameters = [Param(key, str(value)[:LONGEST]) for key, value in told.items()]
        for first in range(0, len(parameters), MOST_PARAMETERS):
            self.client.log_batch(self.run, params=parameters[first : first + MOST_PARAMETERS])

    def note(self, figures: Mapping[str, float], epoch: int) -> None:
        """Add a point to each curve."""
        from mlflow.entities import Metric

        now = int(time.time() * 1000)
        points = [Metric(name, value, now, epoch) for name, value in figures.items()]
        self.client.log_batch(self.run, metrics=points)

    def end(self, figures: Mapping[str, float], state: str) -> None:
        """Add the test figures, and close the run."""
        self.note(figures, 0)
        self.client.set_terminated(self.run, STATES[state])

    def _place(self, story: Story) -> str | None:
        import mlflow

        if self.uri is None and not mlflow.environment_variables.MLFLOW_TRACKING_URI.get():
            return f"sqlite:///{(story.output / 'mlflow.db').resolve()}"
        return self.uri

    def _experiment(self) -> str:
        found = self.client.get_experiment_by_name(self.experiment)
        made = found.experiment_id if found else self.client.create_experiment(self.experiment)
        return str(made)

"""Optuna's sweeper for trainings: a trial is a run of all folds, never a fold or a seed."""

from __future__ import annotations

import re
from typing import Any

from hydra_plugins.ser_sweeps.launchers import missing

try:
    from hydra_plugins.hydra_optuna_sweeper.optuna_sweeper import OptunaSweeper
except ImportError:
    OptunaSweeper = missing("optuna")

CHANCE = re.compile(r"\+*(fold|seed)=(.*)")


class TrialSweeper(OptunaSweeper):  # type: ignore[misc, valid-type]
    """Choose hyperparameters by the pooled UAR over the validation sides of all folds.

    A trial that fails counts as failed, and the search goes on.
    """

    def setup(self, *, config: Any, **context: Any) -> None:
        """Check the numbers that sweeper and launcher are given."""
        from ser.sweep.counts import check_counts  # noqa: PLC0415 - imported at every start

        check_counts("hydra.sweeper", config.hydra.sweeper)
        check_counts("hydra.launcher", config.hydra.launcher)
        super().setup(config=config, **context)

    def sweep(self, arguments: list[str]) -> Any:
        """Run the trials.

        Raises:
            SystemExit: If the search space holds folds or seeds: the easiest fold and the luckiest
                seed would be found, which is no setting. Or if every trial failed.
        """
        for word in arguments:
            match = CHANCE.fullmatch(word)
            if match and not re.fullmatch(r"all|-?\d+", match[2]):
                raise SystemExit(
                    f"error: {word} would choose a {match[1]} by its score. A trial of Optuna is a "
                    f"run of all folds at one seed; leave {match[1]} out of the search space."
                )
        try:
            return super().sweep(arguments)
        except ValueError as error:
            if "No trials are completed" not in str(error):
                raise
            raise SystemExit(
                "error: every trial failed; error.txt in each fold says why."
            ) from error

"""A grid sweeper that knows folds, writes its plan, and goes on when a job fails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from hydra._internal.core_plugins.basic_launcher import BasicLauncher
from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.utils import JobReturn, JobStatus
from hydra.types import HydraContext, RunMode
from omegaconf import DictConfig

from hydra_plugins.ser_sweeps.composing import OncePerRun
from ser.system.counted import counted


class CellSweeper(BasicSweeper):
    """Sweep over a grid; ``fold=each`` is one job for each fold of the regime of the job."""

    def setup(self, *, hydra_context: HydraContext, **more: Any) -> None:
        """Take the launcher; jobs that it runs in this process are composed once for each run."""
        super().setup(hydra_context=hydra_context, **more)
        if isinstance(self.launcher, BasicLauncher):
            loader = OncePerRun(hydra_context.config_loader)
            self.launcher.hydra_context = replace(hydra_context, config_loader=loader)

    def sweep(self, arguments: list[str]) -> Any:
        """Launch every job, and show the table of the sweep whatever became of them.

        Raises:
            SystemExit: If a job failed, or cells are left that nobody trains.
        """
        from ser.errors import SerError  # noqa: PLC0415 - Hydra imports plugins at every start
        from ser.sweep.counts import check_counts  # noqa: PLC0415

        try:
            check_counts("hydra.sweeper", self.config.hydra.sweeper)
            check_counts("hydra.launcher", self.config.hydra.launcher)
            return self._sweep([*self._parse_config(), *arguments])
        except SerError as error:
            raise SystemExit(f"error: {error}") from error

    def _sweep(self, words: list[str]) -> list[JobReturn]:
        from ser.errors import FailedError  # noqa: PLC0415
        from ser.runs.corpora import against_each, spell_job  # noqa: PLC0415
        from ser.runs.fingerprint import fingerprint  # noqa: PLC0415
        from ser.runs.plan import write_plan  # noqa: PLC0415
        from ser.sweep.ending import AGAIN  # noqa: PLC0415
        from ser.sweep.jobs import Jobs  # noqa: PLC0415
        from ser.sweep.table import show_sweep  # noqa: PLC0415
        from ser.training.messages import say  # noqa: PLC0415
        from ser.training.schedule import scheduled  # noqa: PLC0415

        parser = OverridesParser.create(config_loader=self.hydra_context.config_loader)
        swept = parser.parse_overrides(against_each(words))
        grid = map(spell_job, self.split_arguments(swept, None)[0])
        jobs = Jobs(grid, self._compose)
        left_out = [f"LEFT OUT {job}: {reason}" for job, reason in jobs.refused.items()]
        for line in left_out:
            say(line, error=True)
        planned = jobs.planned()
        write_plan(Path(self.config.output), words, planned)
        stamp = [] if any(w.startswith("code=") for w in words) else [f"code={fingerprint()}"]
        try:
            with scheduled([item.cell for item in planned]):  # for jobs that run in this process
                returns = self._launch([[*job, *stamp] for job in jobs.words])
        except Exception as error:
            show_sweep(planned)
            reason = str(error).rstrip(".")
            raise FailedError(f"the launcher stopped: {reason}. {AGAIN}") from error
        self._judge(returns, show_sweep(planned), len(planned), left_out)
        return returns

    def _launch(self, jobs: list[list[str]]) -> list[JobReturn]:
        returns: list[JobReturn] = []
        size = 1 if isinstance(self.launcher, BasicLauncher) else self.max_batch_size
        for batch in self.split_overrides_to_chunks(jobs, size):
            found = self.launcher.launch(batch, initial_job_idx=len(returns))
            for job in found:  # thousands of configurations would fill the memory
                job.cfg = job.hydra_cfg = None
            returns += found
        return returns

    def _judge(
        self, returns: Sequence[JobReturn], lacking: list[Any], whole: int, left_out: list[str]
    ) -> None:
        """End with an error unless every job could begin and ended well."""
        from ser.sweep.ending import next_step  # noqa: PLC0415

        failed = [found for found in returns if found.status is not JobStatus.COMPLETED]
        reasons = dict.fromkeys([*left_out, *(self._reason(found) for found in failed)])
        if reasons or lacking:
            left = f", and {counted(len(left_out), 'job')} could not begin" if left_out else ""
            step = next_step(
                {cell.state for cell in lacking},
                [found._return_value for found in failed],
                left_out=bool(left_out),
                retry=self.config.retry,
            )
            summary = (
                f"{len(failed)} of {len(returns)} jobs failed, {len(lacking)} of {whole} cells are "
                f"not done{left}. {step}"
            )
            raise SystemExit("\n  ".join([summary.rstrip(), *reasons]))

    @staticmethod
    def _reason(job: JobReturn) -> str:
        from ser.errors import mistake  # noqa: PLC0415

        error = job._return_value
        words = " ".join(w for w in job.overrides or () if not w.startswith("code="))
        return f"{words}: {mistake(error) or f'{type(error).__name__}: {error}'}"

    def _compose(self, words: list[str]) -> DictConfig:
        loader = self.hydra_context.config_loader
        return loader.load_configuration(self.config.hydra.job.config_name, words, RunMode.RUN)

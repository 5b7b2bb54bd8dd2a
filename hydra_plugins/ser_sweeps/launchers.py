"""Launchers of other projects, with what a sweep of trainings needs besides.

Slurm and local processes come from hydra-submitit-launcher, worker processes from
hydra-joblib-launcher, Ray from hydra-ray-launcher. Added here: arrays no longer than the cluster
takes, jobs that die without taking the sweep along, and GPUs that workers share.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from hydra.core.singleton import Singleton
from hydra.core.utils import JobReturn, JobStatus
from hydra.plugins.plugin import Plugin

if TYPE_CHECKING:
    from submitit import Executor, Job

POLL = 0.1  # s between two looks at processes that run here


def missing(extra: str) -> type:
    """Stand in for a plugin that is not installed, and say how to install it."""

    class Missing(Plugin):
        def __init__(self, *_: Any, **__: Any) -> None:
            from ser.errors import ConfigError  # noqa: PLC0415

            raise ConfigError(
                f"this launcher needs another package: pip install 'ser-bench[{extra}]', or "
                f"in a clone pip install '.[{extra}]'"
            )

    return Missing


try:
    from hydra_plugins.hydra_submitit_launcher.submitit_launcher import BaseSubmititLauncher
except ImportError:
    BaseSubmititLauncher = missing("cluster")
try:
    from hydra_plugins.hydra_joblib_launcher.joblib_launcher import JoblibLauncher
except ImportError:
    JoblibLauncher = missing("cluster")
try:
    from hydra_plugins.hydra_ray_launcher.ray_launcher import RayLauncher
except ImportError:
    RayLauncher = missing("ray")


class _Submitit(BaseSubmititLauncher):  # type: ignore[misc, valid-type]
    """Jobs of submitit; one that is killed fails alone."""

    def launch(
        self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int
    ) -> list[JobReturn]:
        """Submit every job, wait for all of them, and give what became of each."""
        from ser.sweep.cluster import check_tasks  # noqa: PLC0415

        check_tasks(self.params.get("tasks_per_node", 1), self.config.trainer.devices)
        calls = [
            (list(words), "hydra.sweep.dir", number, f"job_id_for_{number}", Singleton.get_state())
            for number, words in enumerate(job_overrides, initial_job_idx)
        ]
        jobs = self._submit(self._executor(), calls)
        return [_outcome(job, words) for job, words in zip(jobs, job_overrides, strict=True)]

    def _executor(self) -> Executor:
        """Executor with the resources of the configuration file."""
        import submitit  # noqa: PLC0415
        from hydra_plugins.hydra_submitit_launcher.config import BaseQueueConf  # noqa: PLC0415

        own = ("submitit_folder", "max_num_timeout", "max_array_size", "parallel")
        shared = BaseQueueConf.__dataclass_fields__
        options = {k: v for k, v in self.params.items() if k not in own and v is not None}
        again = self.params.get("max_num_timeout")
        retries = {} if again is None else {f"{self._EXECUTOR}_max_num_timeout": again}
        executor = submitit.AutoExecutor(
            folder=self.params["submitit_folder"], cluster=self._EXECUTOR, **retries
        )
        named = {k if k in shared else f"{self._EXECUTOR}_{k}": v for k, v in options.items()}
        executor.update_parameters(**named)
        return executor

    def _submit(self, executor: Executor, calls: list[tuple[Any, ...]]) -> list[Job[JobReturn]]:
        raise NotImplementedError


class SlurmLauncher(_Submitit):
    """Arrays of Slurm jobs, none longer than the cluster takes."""

    _EXECUTOR = "slurm"

    def _submit(self, executor: Executor, calls: list[tuple[Any, ...]]) -> list[Job[JobReturn]]:
        from ser.sweep.cluster import max_array_size  # noqa: PLC0415

        size = self.params["max_array_size"] or max_array_size()
        chunks = [calls[start : start + size] for start in range(0, len(calls), size)]
        return [
            job for chunk in chunks for job in executor.map_array(self, *zip(*chunk, strict=True))
        ]


class LocalLauncher(_Submitit):
    """Processes on this machine, so many at a time, with the logs and the isolation of Slurm's."""

    _EXECUTOR = "local"

    def _submit(self, executor: Executor, calls: list[tuple[Any, ...]]) -> list[Job[JobReturn]]:
        jobs: list[Job[JobReturn]] = []
        for call in calls:
            while sum(not job.done() for job in jobs) >= self.params["parallel"]:
                time.sleep(POLL)
            jobs.append(executor.submit(self, *call))
        return jobs


def _outcome(job: Job[JobReturn], words: Sequence[str]) -> JobReturn:
    """Wait for a job; one that died is a failed one."""
    try:
        found: JobReturn = job.results()[0]
    except Exception as error:
        from ser.errors import first_line  # noqa: PLC0415 - imported at every start

        return JobReturn(
            overrides=list(words),
            status=JobStatus.FAILED,
            _return_value=RuntimeError(f"{first_line(error)} (log: {job.paths.stderr})"),
        )
    return found


class WorkersLauncher(JoblibLauncher):  # type: ignore[misc, valid-type]
    """Worker processes of joblib, which share the GPUs and keep what they hold between jobs."""

    def setup(self, *, task_function: Callable[[Any], Any], **context: Any) -> None:
        """Wrap the job, so that it chooses its GPU before CUDA is touched."""
        from ser.sweep.cluster import OneDevice, visible_devices  # noqa: PLC0415
        from ser.sweep.sharing import AUTO, Measured, Sharing  # noqa: PLC0415

        self.setting, self.devices = self.joblib["n_jobs"], visible_devices()
        shared = self.setting == AUTO and self.devices
        self.sharing = Sharing(self._launch) if shared else None
        task = OneDevice(task_function, self.devices)
        super().setup(task_function=Measured(task) if shared else task, **context)

    def launch(
        self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int
    ) -> Sequence[JobReturn]:
        """Launch every job, with ``n_jobs=auto`` as many at once as the GPUs hold."""
        if self.sharing is None:
            return self._launch(job_overrides, initial_job_idx, 0)
        return self.sharing.launch_all(job_overrides, initial_job_idx)

    def _launch(
        self, jobs: Sequence[Sequence[str]], first: int, at_once: int
    ) -> Sequence[JobReturn]:
        from ser.sweep.cluster import cores  # noqa: PLC0415
        from ser.sweep.sharing import on_cpu, workers  # noqa: PLC0415

        devices = 0 if on_cpu(jobs) else len(self.devices)
        self.joblib["n_jobs"] = workers(self.setting, at_once, devices, cores())
        found: Sequence[JobReturn] = super().launch(jobs, first)
        return found


class ClusterRayLauncher(RayLauncher):  # type: ignore[misc, valid-type]
    """Tasks of Ray, which share the GPUs."""

    def setup(self, *, task_function: Callable[[Any], Any], **context: Any) -> None:
        """Let jobs note what they take of a GPU, where that decides how many share it."""
        from ser.sweep.cluster import visible_devices  # noqa: PLC0415
        from ser.sweep.sharing import AUTO, Measured, Sharing  # noqa: PLC0415

        chosen = self.ray_cfg.remote.num_gpus == AUTO
        shared = chosen and visible_devices()
        self.sharing = Sharing(self._launch) if shared else None
        if chosen:
            self.ray_cfg.remote.num_gpus = 0
        super().setup(task_function=Measured(task_function) if shared else task_function, **context)

    def launch(
        self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int
    ) -> Sequence[JobReturn]:
        """Launch every job, with ``num_gpus=auto`` as many at once as a GPU holds."""
        if self.sharing is not None:
            return self.sharing.launch_all(job_overrides, initial_job_idx)
        found: Sequence[JobReturn] = super().launch(job_overrides, initial_job_idx)
        return found

    def _launch(
        self, jobs: Sequence[Sequence[str]], first: int, at_once: int
    ) -> Sequence[JobReturn]:
        from ser.sweep.sharing import on_cpu  # noqa: PLC0415

        self.ray_cfg.remote.num_gpus = 0 if on_cpu(jobs) else 1 / at_once
        found: Sequence[JobReturn] = super().launch(jobs, first)
        return found

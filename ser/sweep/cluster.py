"""What a cluster or a machine offers to a sweep: array sizes, tasks, GPUs."""

from __future__ import annotations

import multiprocessing
import os
import re
import subprocess
from collections.abc import Callable, Sequence
from typing import Any

from ser.errors import ConfigError

USUAL_ARRAY = 1001  # Slurm's own MaxArraySize; indices end one below it
WORKER = re.compile(r".*-(\d+)")


def max_array_size() -> int:
    """Jobs that one array of this cluster may hold, as ``scontrol`` says."""
    command = ["scontrol", "show", "config"]
    try:
        shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
        found = re.search(r"^MaxArraySize\s*=\s*(\d+)", shown.stdout, re.MULTILINE)
    except (OSError, subprocess.SubprocessError):
        found = None
    return max((int(found[1]) if found else USUAL_ARRAY) - 1, 1)


def check_tasks(tasks: int, devices: Any) -> None:
    """Refuse tasks that would each train the same fold.

    Args:
        tasks: Tasks that the cluster starts for one job on a node.
        devices: ``trainer.devices``.

    Raises:
        ConfigError: If there are several tasks and not as many devices.
    """
    if tasks > 1 and str(devices) != str(tasks):
        raise ConfigError(
            f"hydra.launcher.tasks_per_node={tasks} with trainer.devices={devices}: Lightning "
            "needs one task for each device, and with one device every task would train the same "
            f"fold. Pass trainer=ddp trainer.devices={tasks}, or leave tasks_per_node out."
        )


def visible_devices() -> list[str]:
    """GPUs that this process may use, by the names that ``CUDA_VISIBLE_DEVICES`` has for them."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible is not None:
        return [name.strip() for name in visible.split(",") if name.strip() not in ("", "-1")]
    import torch  # noqa: PLC0415 - slow to import

    return [str(number) for number in range(torch.cuda.device_count())]


def cores() -> int:
    """Cores that this process may use; Linux alone says which, others how many there are."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def device_of(worker: str, devices: Sequence[str]) -> str | None:
    """GPU of a worker process: the next one for each, and over again; None where there is none.

    Args:
        worker: Name of the process, such as ``LokyProcess-3``.
        devices: Names of the GPUs.
    """
    number = WORKER.fullmatch(worker)
    return devices[(int(number[1]) - 1) % len(devices)] if number and devices else None


class OneDevice:
    """A job that sees one GPU alone: that of the worker process that runs it.

    Args:
        job: What to run.
        devices: GPUs that the workers share.
    """

    def __init__(self, job: Callable[[Any], Any], devices: Sequence[str]) -> None:
        self.job = job
        self.devices = list(devices)

    def __call__(self, cfg: Any) -> Any:
        """Run the job."""
        device = device_of(multiprocessing.current_process().name, self.devices)
        if device is not None:
            os.environ["CUDA_VISIBLE_DEVICES"] = device
        return self.job(cfg)

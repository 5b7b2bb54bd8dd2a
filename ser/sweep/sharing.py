"""Trainings of a sweep that share a GPU: as many as its memory holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ser.errors import TooLargeError

Words = Sequence[str]
Kind = tuple[str, ...]
JobReturn = Any  # of Hydra, which plugins alone know
# Launches jobs, so many at once on each GPU, the first of them under a number.
Launch = Callable[[Sequence[Words], int, int], Sequence[JobReturn]]

AUTO = "auto"
UNKNOWN = 2  # trainings on a GPU while none was measured
MOST = 8  # so many were faster than one after the other; more were not tried
SHARE = 0.8  # of the memory: what is measured is not all that a training takes
CONTEXT = 700 * 2**20  # bytes of a process on CUDA beside its tensors, an estimate
RETRY = "retry=true"
ON_CPU = frozenset(("trainer=cpu", "trainer.accelerator=cpu"))
ALIKE = ("fold", "seed", "cv", "retry")  # jobs that differ in these alone take the same memory


@dataclass(frozen=True)
class Use:
    """What a training took of its GPU.

    Args:
        value: What the job returned.
        peak: Most bytes of its tensors at once; 0 of what never was on a GPU.
        room: Bytes that were free for it at its end, its own included.
    """

    value: Any
    peak: int
    room: int


class Measured:
    """A job that also notes what it takes of a GPU.

    Args:
        job: What to run.
    """

    def __init__(self, job: Callable[[Any], Any]) -> None:
        self.job = job

    def __call__(self, cfg: Any) -> Use:
        """Run the job."""
        import torch  # noqa: PLC0415 - the job has loaded it, and whoever launches has not

        cuda: Any = torch.cuda
        if cuda.is_initialized():
            cuda.reset_peak_memory_stats()
        value = self.job(cfg)
        if not cuda.is_initialized():
            return Use(value, 0, 0)
        free, _ = cuda.mem_get_info()
        return Use(value, cuda.max_memory_reserved(), free + cuda.memory_reserved())


class Sharing:
    """Launch jobs that share GPUs: one of each kind, then as many as fit, then what did not fit.

    What a kind takes is kept for the next batch of a sweep.

    Args:
        launch: Launches some jobs, each wrapped in ``Measured``.
    """

    def __init__(self, launch: Launch) -> None:
        self.launch = launch
        self.uses: dict[Kind, Use] = {}

    def launch_all(self, jobs: Sequence[Words], first: int) -> list[JobReturn]:
        """Launch jobs; gives what became of each, in their order.

        Args:
            jobs: Words of each.
            first: Number of the first.
        """
        # The last of each: where a sweep goes on, the first ones are done and would show nothing.
        kinds = {kind_of(words): number for number, words in enumerate(jobs)}
        new = sorted(number for kind, number in kinds.items() if kind not in self.uses)
        found = self._launch({number: jobs[number] for number in new}, first, UNKNOWN)
        rest = {number: words for number, words in enumerate(jobs) if number not in found}
        at_once = side_by_side(self.uses[kind] for kind in kinds if kind in self.uses)
        found |= self._launch(rest, first + len(found), at_once)
        alone = {n: [*jobs[n], RETRY] for n, job in found.items() if _was_too_large(job)}
        found |= self._launch(alone, first + len(jobs), 1)
        return [found[number] for number in range(len(jobs))]

    def _launch(self, jobs: Mapping[int, Words], first: int, at_once: int) -> dict[int, JobReturn]:
        """Launch some jobs, note what they took, and give what became of each."""
        if not jobs:
            return {}
        returns = self.launch(list(jobs.values()), first, at_once)
        for words, job in zip(jobs.values(), returns, strict=True):
            if isinstance(use := job._return_value, Use):
                self.uses[kind_of(words)] = use
                job._return_value = use.value
        return dict(zip(jobs, returns, strict=True))


def side_by_side(uses: Iterable[Use]) -> int:
    """Trainings that a GPU holds at once, judged by the largest that was measured.

    Args:
        uses: What some of them took.
    """
    on_device = [use for use in uses if use.peak]
    if not on_device:
        return UNKNOWN
    need = max(use.peak for use in on_device) + CONTEXT
    room = max(use.room for use in on_device) + CONTEXT
    return min(max(int(SHARE * room) // need, 1), MOST)


def workers(setting: Any, per_device: int, devices: int, cores: int) -> Any:
    """Processes at once: as ``setting`` says, or for ``auto`` by GPUs, each with a core.

    Args:
        setting: Setting of the launcher.
        per_device: Trainings on a GPU at once.
        devices: GPUs; without any there are as many processes as on one while it is unknown.
        cores: Cores of this machine.
    """
    if setting != AUTO:
        return setting
    return max(min(per_device * devices, cores), 1) if devices else UNKNOWN


def on_cpu(jobs: Iterable[Words]) -> bool:
    """Whether all jobs ask for the CPU by name."""
    return all(ON_CPU.intersection(words) for words in jobs)


def kind_of(words: Words) -> Kind:
    """What decides the memory of a job: its choices of files, and the size of its batches."""
    return tuple(sorted(word for word in words if _decides(word)))


def _decides(word: str) -> bool:
    key = word.partition("=")[0].lstrip("+~")
    return key == "data.batch_size" or ("." not in key and key not in ALIKE)


def _was_too_large(job: JobReturn) -> bool:
    return isinstance(job._return_value, TooLargeError)

"""What each choice of ``trainer=auto`` gains: a training step with it against one without."""

from __future__ import annotations

from collections.abc import Callable

import torch

from benchmarks.networks import SUBJECTS, Subject
from benchmarks.rounds import Times, in_turns
from benchmarks.row import Row, compared
from benchmarks.steps import PRECISIONS, stepper
from ser.models import EmotionClassifier
from ser.training.denormals import denormals_flushed
from ser.training.device import compile_network, resolve_precision

QUICK = ("lstm",)
COMPILED = ("cnn1d", "cnn1d_lstm", "lstm", "resnet")  # the others take minutes to compile


@denormals_flushed()
def rows(threads: int, rounds: int, quick: bool = False) -> list[Row]:
    """Lines of this part."""
    found = []
    for name in QUICK if quick else SUBJECTS:
        found += choices(SUBJECTS[name], threads, rounds)
    return found


def choices(subject: Subject, threads: int, rounds: int) -> list[Row]:
    """Memory format, optimiser, compilation and threads of one network, in turns."""
    kind = PRECISIONS["bf16" if "bf16" in resolve_precision("auto", "cpu") else "fp32"]
    ways = {
        "ser": stepper(subject, kind),
        "unfused Adam": stepper(subject, kind, fused=False),
        "one thread": on_one_thread(stepper(subject, kind), threads),
    }
    if uses_channels_last(subject.build()):
        contiguous = subject.build().to(memory_format=torch.contiguous_format)
        ways["contiguous"] = stepper(subject, kind, contiguous)
    if subject.name in COMPILED:
        compiled = subject.build()
        compile_network(compiled, "default")
        ways["compiled"] = stepper(subject, kind, compiled)
    times = in_turns(ways, rounds, warm=2)
    return [line(subject, threads, times, name) for name in ways if name != "ser"]


def line(subject: Subject, threads: int, times: Times, name: str) -> Row:
    """How much slower a step is with another choice."""
    what = f"{subject.name}: step of {subject.batch}, {name}"
    return compared(what, threads, times, name, scale=1000, unit="ms a step")


def uses_channels_last(network: EmotionClassifier) -> bool:
    """Whether a network keeps its kernels with the channels last."""
    kernels = (p for p in network.parameters() if p.ndim == 4 and p.shape[1] > 1)
    return any(not p.is_contiguous() for p in kernels)


def on_one_thread(step: Callable[[], None], threads: int) -> Callable[[], None]:
    """A step that leaves all cores but one alone."""

    def run() -> None:
        torch.set_num_threads(1)
        try:
            step()
        finally:
            torch.set_num_threads(threads)

    return run

"""What the figures were taken on: processor, versions, and the ceiling of its arithmetic."""

from __future__ import annotations

import os
import platform
from collections import defaultdict
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import torch

from benchmarks import peers
from benchmarks.rounds import in_turns, medians
from ser import __version__

PACKAGES = ("torch", "torchaudio", "pytorch-lightning", "numpy", "librosa", "opensmile")
SIZE = 2048  # rows and columns of the matrices of the ceiling
FLAGS = ("avx2", "avx512f", "avx512_bf16", "amx_bf16")


def describe() -> dict[str, Any]:
    """Processor, memory, system and versions."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": _cpu("model name") or platform.processor(),
        "cores": len(os.sched_getaffinity(0)),
        "instructions": [flag for flag in FLAGS if flag in _cpu("flags").split()],
        "memory_gib": round(memory / 2**30),
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "python": platform.python_version(),
        "versions": {"ser": __version__}
        | {name: found for name in PACKAGES if (found := _version(name))},
        "peers": peers.versions(),
    }


def sentence(machines: Mapping[str, Mapping[str, Any]]) -> str:
    """What was measured on what: a line for each machine, with its parts if there are several.

    Args:
        machines: The machine of each part, by the title of the part.
    """
    titles: dict[str, list[str]] = defaultdict(list)
    for title, machine in machines.items():
        titles[_line(machine)].append(title)
    if len(titles) == 1:
        return f"Measured on {next(iter(titles))}."
    return "\n\n".join(f"{', '.join(of)}: measured on {line}." for line, of in titles.items())


def _line(machine: Mapping[str, Any]) -> str:
    known = {**machine["versions"], **machine["peers"]}
    versions = ", ".join(f"{name} {found}" for name, found in known.items())
    return (
        f"{machine['cores']} cores of an {machine['processor']} "
        f"({', '.join(machine['instructions'])}), {machine['memory_gib']} GiB, "
        f"{machine['system']}, Python {machine['python']}, {versions}"
    )


def ceilings(rounds: int = 7) -> dict[str, float]:
    """FLOP/s that a product of two large matrices reaches, by precision."""
    ways, work = {}, 2.0 * SIZE**3
    for name, kind in {"fp32": torch.float32, "bf16": torch.bfloat16}.items():
        left, right = (torch.randn(SIZE, SIZE).to(kind) for _ in range(2))
        ways[name] = lambda a=left, b=right: a @ b
    return {name: work / seconds for name, seconds in medians(in_turns(ways, rounds)).items()}


def _cpu(key: str) -> str:
    path = Path("/proc/cpuinfo")
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(key)), "")


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None

"""Draws that torch takes from its global generator alone, or for which it waits for the device.

On the CPU they come as they always have, so that trainings can be repeated. Another device makes
them itself: the host waits for nothing, and a CUDA graph can record them.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor


def permutation(count: int, generator: torch.Generator) -> Tensor:
    """Numbers below ``count`` in random order, ``(count,)``, on the device of the generator."""
    if _on_cpu(generator):
        return torch.randperm(count, generator=generator)
    return permutation_on_device(count, generator)


def beta(alpha: float, count: int, generator: torch.Generator) -> Tensor:
    """Numbers from Beta(alpha, alpha), ``(count,)``, on the device of the generator."""
    if _on_cpu(generator):
        seed = torch.randint(2**62, (), generator=generator)
        return torch.from_numpy(np.random.default_rng(int(seed)).beta(alpha, alpha, count))
    return beta_on_device(alpha, count, generator)


def permutation_on_device(count: int, generator: torch.Generator) -> Tensor:
    """Order random numbers."""
    return torch.rand(count, generator=generator, device=generator.device).argsort()


def beta_on_device(alpha: float, count: int, generator: torch.Generator) -> Tensor:
    """Take the share that one of two gamma variables has of their sum.

    In double precision, since a small ``alpha`` makes both tiny.
    """
    shapes = torch.full((count, 2), alpha, dtype=torch.float64, device=generator.device)
    return torch._sample_dirichlet(shapes, generator=generator)[:, 0]


def _on_cpu(generator: torch.Generator) -> bool:
    return generator.device.type == "cpu"

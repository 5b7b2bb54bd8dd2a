"""What a training asks of its device: which one, in which precision, compiled or not."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from ser.errors import ConfigError, check_choice

MODES = ("default", "reduce-overhead", "max-autotune")


def resolve_accelerator(accelerator: str) -> str:
    """Turn ``auto`` into the accelerator that there is.

    Raises:
        ConfigError: If CUDA is asked for and there is none.
    """
    if accelerator == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if is_cuda(accelerator) and not torch.cuda.is_available():
        raise ConfigError(
            f"trainer.accelerator={accelerator}: PyTorch sees no CUDA device on this machine. "
            "Take trainer=auto or trainer=cpu, or install a CUDA build of PyTorch."
        )
    return accelerator


def is_cuda(accelerator: str) -> bool:
    """Whether an accelerator of Lightning is CUDA under one of its names."""
    return accelerator in ("cuda", "gpu")


def device_of(accelerator: str) -> torch.device:
    """The first device of an accelerator."""
    return torch.device("cuda", 0) if is_cuda(accelerator) else torch.device(accelerator)


def resolve_precision(precision: str, accelerator: str) -> str:
    """Turn ``auto`` into the fastest sound precision of a device.

    CUDA: bf16 mixed where the device computes in it, else 16-bit mixed, with loss scaling.
    CPU: bf16 mixed where it has instructions for it (AVX512-BF16 or AMX), since there training
    steps of networks with convolutions were measured 1.4 to 2 times as fast as in float32, and
    of the LSTM no slower; else float32. ``benchmarks/README.md`` has the figures.

    Args:
        precision: ``auto``, or any precision of Lightning, which is kept.
        accelerator: ``cuda``, ``gpu``, ``cpu`` or another one of Lightning.
    """
    if precision != "auto":
        return precision
    if is_cuda(accelerator):
        has_units = torch.cuda.is_bf16_supported(including_emulation=False)
        return "bf16-mixed" if has_units else "16-mixed"
    if accelerator == "cpu" and cpu_has_bf16():
        return "bf16-mixed"
    return "32-true"


def cpu_has_bf16() -> bool:
    """Whether the CPU multiplies matrices in bfloat16."""
    cpu = torch.cpu
    return bool(cpu._is_avx512_bf16_supported() or cpu._is_amx_tile_supported())


def resolve_benchmark(benchmark: bool | None, trainer: Any, accelerator: str) -> bool | None:
    """Whether cuDNN tries its algorithms out: where shapes repeat and timing may decide.

    Args:
        benchmark: What is asked for; None decides.
        trainer: Configuration of the trainer; a compiled network has equal shapes at every step.
        accelerator: As ``resolve_accelerator`` gives it.
    """
    if benchmark is not None or not is_cuda(accelerator):
        return benchmark
    return bool(trainer.compile) and not trainer.deterministic


def allow_tf32(accelerator: str) -> None:
    """Let CUDA multiply what stays in float32 with 10 bits of mantissa (TF32)."""
    if is_cuda(accelerator):
        torch.set_float32_matmul_precision("high")


def compile_network(network: nn.Module, mode: str | None) -> None:
    """Compile a network in place, once for each shape of a batch; its weights keep their names.

    ``reduce-overhead`` records CUDA graphs, which pays for networks of many short kernels.

    Args:
        network: Network to compile.
        mode: Mode of ``torch.compile``; None leaves the network alone.

    Raises:
        ConfigError: If ``mode`` is unknown.
    """
    if mode is None:
        return
    check_choice("trainer.compile", mode, MODES)
    network.compile(mode=mode)

"""Which precision to train in, on which device."""

from __future__ import annotations

import torch

from ser.errors import ConfigError


def resolve_accelerator(accelerator: str) -> str:
    """Turn ``auto`` into the accelerator that is there.

    Raises:
        ConfigError: If CUDA is asked for and there is none.
    """
    if accelerator == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if accelerator in ("cuda", "gpu") and not torch.cuda.is_available():
        raise ConfigError(
            f"trainer.accelerator={accelerator}: PyTorch sees no CUDA device on this machine. "
            "Take trainer=auto or trainer=cpu, or install a CUDA build of PyTorch."
        )
    return accelerator


def resolve_precision(precision: str, accelerator: str) -> str:
    """Turn ``auto`` into the fastest sound precision of a device.

    CUDA: bf16 mixed where the device computes in it, else 16-bit mixed, with loss scaling.
    CPU: bf16 mixed where it has instructions for it (AVX512-BF16 or AMX), since there a
    training step of the 1D CNN was measured at about half the time of float32, and of a
    ResNet-50 at a third; else float32.

    Args:
        precision: ``auto``, or any precision of Lightning, which is kept.
        accelerator: ``cuda``, ``gpu``, ``cpu`` or another one of Lightning.
    """
    if precision != "auto":
        return precision
    if accelerator in ("cuda", "gpu"):
        return "bf16-mixed" if torch.cuda.is_bf16_supported() else "16-mixed"
    if accelerator == "cpu" and cpu_has_bf16():
        return "bf16-mixed"
    return "32-true"


def cpu_has_bf16() -> bool:
    """Whether the CPU multiplies matrices in bfloat16."""
    cpu = torch.cpu
    return bool(cpu._is_avx512_bf16_supported() or cpu._is_amx_tile_supported())

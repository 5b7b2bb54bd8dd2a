"""``python -m benchmarks.first_step WORDS``: ``ser.train`` up to its first optimiser step."""

from __future__ import annotations

import os
import sys

import torch.optim.optimizer as optimizers

from ser.train import main


def leave(*_: object) -> None:
    """End the process at once: what comes after the first step is not measured."""
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    optimizers.register_optimizer_step_post_hook(leave)
    main()

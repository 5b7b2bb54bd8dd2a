"""``python -m benchmarks.first_step WORDS``: ``ser.train`` up to its first optimiser step."""

from __future__ import annotations

import os
import sys

from ser.train import main
from ser.training.imports import import_job


def leave(*_: object) -> None:
    """End the process at once: what comes after the first step is not measured."""
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    import_job()  # as the command itself does: the hook below needs PyTorch
    from torch.optim.optimizer import register_optimizer_step_post_hook

    register_optimizer_step_post_hook(leave)
    main()

"""``python -m ser.export``: a trained model for other programs. The work is in ``ser.inference``.

Example: ``python -m ser.export checkpoint=runs/…/model.ckpt to=onnx``
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from ser.errors import ConfigError
from ser.inference.words import Words
from ser.system.door import door
from ser.system.paths import expanded
from ser.system.purpose import only_answer

WORDS = Words(
    "ser.export: a trained model for other programs.",
    {
        "checkpoint": "a model.ckpt, a run folder, whose folds answer together, or several: [a,b]",
        "to": "onnx; torch, a program of torch.export; or safetensors, a folder with a model card",
        "output": "the file or folder to write; beside the checkpoint, or in the run folder, if "
        "it is left out",
    },
    example="checkpoint=MODEL.ckpt to=onnx",
    needed=("checkpoint", "to"),
    choices={"to": ("onnx", "torch", "safetensors")},
)


@door()
def main(words: Sequence[str] | None = None) -> None:
    """Export as the words say, those of the command line by default."""
    given = sys.argv[1:] if words is None else words
    if WORDS.help_was_given(given):
        return
    try:
        chosen = WORDS.read(given)
    except ConfigError as error:
        raise SystemExit(f"error: {error}") from error
    if words is None:
        only_answer()
    from ser.inference.exporting.job import main as job

    output = Path(expanded(chosen["output"])) if "output" in chosen else None
    job(chosen["checkpoint"], chosen["to"], output)


if __name__ == "__main__":
    main()

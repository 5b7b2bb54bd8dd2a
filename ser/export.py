"""``python -m ser.export``: a trained model for other programs. The work is in ``ser.inference``.

Example: ``python -m ser.export checkpoint=runs/…/model.ckpt to=onnx``
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from ser.errors import ConfigError, check_choice
from ser.inference.words import read_words, usage
from ser.system.door import door
from ser.system.paths import expanded
from ser.system.streams import Lasting

WORDS = {
    "checkpoint": "a model.ckpt of a run",
    "to": "onnx; torch, a program of torch.export; or safetensors, a folder with a model card",
    "output": "the file or folder to write; beside the checkpoint if it is left out",
}
FORMS = ("onnx", "torch", "safetensors")
HELP = ("-h", "--help")


@door()
def main(words: Sequence[str] | None = None) -> None:
    """Export as the words say, those of the command line by default."""
    given = sys.argv[1:] if words is None else words
    if any(word in HELP for word in given):
        Lasting(sys.stdout).write(usage("ser.export: a trained model for other programs.", WORDS))
        return
    try:
        chosen = read_words(given, WORDS, needed=("checkpoint", "to"))
        check_choice("to", chosen["to"], FORMS)
    except ConfigError as error:
        raise SystemExit(f"error: {error}") from error
    from ser.inference.exporting.job import main as job  # noqa: PLC0415 - --help need not wait

    output = Path(expanded(chosen["output"])) if "output" in chosen else None
    job(expanded(chosen["checkpoint"]), chosen["to"], output)


if __name__ == "__main__":
    main()

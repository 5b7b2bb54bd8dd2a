"""Write a trained model for other programs."""

from __future__ import annotations

from pathlib import Path

from ser.errors import SerError
from ser.inference.exporting.facts import facts_of
from ser.inference.exporting.folders import write_folder
from ser.inference.exporting.programs import to_onnx, to_torch
from ser.inference.loading import load
from ser.runs.files import write_bytes
from ser.system.terminal import Terminal

FORMS = {"onnx": to_onnx, "torch": to_torch}
ENDINGS = {"onnx": "model.onnx", "torch": "model.pt2", "safetensors": "export"}


def export(checkpoint: Path, form: str, output: Path | None = None) -> Path:
    """Write a model in another form.

    Args:
        checkpoint: Model file of a run.
        form: ``onnx``, ``torch`` or ``safetensors``.
        output: Where to; None takes a name beside the model file.

    Returns:
        The file or folder that was written.

    Raises:
        RunError: If the model file cannot be loaded.
        ExportError: If the model has no such form, a package is missing, or what was made answers
            differently.
        StorageError: If it cannot be written.
    """
    place = output or checkpoint.parent / ENDINGS[form]
    facts = facts_of(checkpoint, load(checkpoint))
    if form in FORMS:
        write_bytes(place, FORMS[form](facts))
    else:
        write_folder(facts, checkpoint, place)
    return place


def main(checkpoint: Path, form: str, output: Path | None) -> None:
    """Export, and say what was written.

    Raises:
        SystemExit: If it cannot be done; says why in one sentence.
    """
    terminal = Terminal()
    try:
        place = export(checkpoint, form, output)
        alarms = load(checkpoint).alarms
    except SerError as error:
        raise SystemExit(f"error: {error}") from error
    terminal.say(f"Written to {place}.")
    for alarm in alarms:
        terminal.say(f"warning: {alarm}")

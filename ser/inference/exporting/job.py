"""Write a trained model for other programs."""

from __future__ import annotations

from pathlib import Path

from ser.errors import ExportError, SerError
from ser.inference.exporting.facts import Facts, facts_of
from ser.inference.exporting.folders import write_folder
from ser.inference.exporting.programs import to_onnx, to_torch
from ser.inference.loading import load
from ser.runs.files import write_bytes
from ser.runs.layout import MODEL
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
    return _write(_facts(checkpoint), checkpoint, form, output)


def main(checkpoint: Path, form: str, output: Path | None) -> None:
    """Export, and say what was written.

    Raises:
        SystemExit: If it cannot be done; says why in one sentence.
    """
    terminal = Terminal()
    try:
        facts = _facts(checkpoint)
        place = _write(facts, checkpoint, form, output)
    except SerError as error:
        raise SystemExit(f"error: {error}") from error
    terminal.say(f"Written to {place}.")
    for alarm in facts.alarms:
        terminal.say(f"warning: {alarm}")


def _facts(checkpoint: Path) -> Facts:
    if checkpoint.is_dir():
        raise ExportError(
            f"{checkpoint} is a folder, and one model file is exported at a time; pass the "
            f"{MODEL} of a fold."
        )
    return facts_of(checkpoint, load(checkpoint))


def _write(facts: Facts, checkpoint: Path, form: str, output: Path | None) -> Path:
    place = output or checkpoint.parent / ENDINGS[form]
    if form not in FORMS:
        write_folder(facts, checkpoint, place)
        return place
    if place.is_dir() or (place.exists() and place.samefile(checkpoint)):
        what = "is a folder" if place.is_dir() else "is the model itself"
        raise ExportError(f"output={place} {what}; choose another name.")
    write_bytes(place, FORMS[form](facts))
    return place

"""Answers of a run to other recordings of its held-out utterances, in ``robustness.csv``.

Its first line holds the SHA-256 of the others, and its answers to the recordings as they are name
the predictions of the run that it belongs to.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pandas as pd

from ser.errors import DamageError
from ser.runs.files import read_bytes, write_bytes
from ser.runs.layout import ROBUSTNESS
from ser.runs.marker import sha256
from ser.runs.predictions import of_originals

ORIGINAL = "as recorded"
COLUMNS = ("fold", "seed", "id", "truth", "recording", "prediction")
KEYS = ["fold", "seed", "id", "truth"]
TEXT = ("id", "truth", "recording", "prediction")
SEAL = b"# sha256 "
AGAIN = "start ser.robustness again"


def write_answers(run: Path, answers: pd.DataFrame) -> Path:
    """Write the answers of a run.

    Args:
        run: Folder of the run.
        answers: A row for each utterance and recording, with ``COLUMNS`` and perhaps a stamp;
            ``prediction`` is empty where the recording cannot be made.

    Raises:
        StorageError: If the file cannot be written.
    """
    content = answers.to_csv(index=False, lineterminator="\n").encode()
    write_bytes(run / ROBUSTNESS, SEAL + sha256(content).encode() + b"\n" + content)
    return run / ROBUSTNESS


def read_answers(run: Path, predictions: pd.DataFrame) -> pd.DataFrame | None:
    """Read the answers of a run; None if nobody asked for them.

    Args:
        run: Folder of the run.
        predictions: Of its finished cells.

    Raises:
        DamageError: If the file was cut or edited, or is of other cells than are finished.
    """
    path = run / ROBUSTNESS
    if not path.exists():
        return None
    first, _, content = read_bytes(path).partition(b"\n")
    if first != SEAL + sha256(content).encode():
        raise DamageError(f"{path} is cut or was edited; {AGAIN}.")
    kinds = dict.fromkeys(TEXT, str)
    answers = pd.read_csv(BytesIO(content), dtype=kinds, keep_default_na=False)
    judged, held_out = answers[answers["recording"] == ORIGINAL], of_originals(predictions)
    if not _keys(judged).equals(_keys(held_out)):
        raise DamageError(f"{path} is of other folds than are finished now; {AGAIN}.")
    return answers


def _keys(table: pd.DataFrame) -> pd.DataFrame:
    keys: pd.DataFrame = table[KEYS].sort_values(KEYS).reset_index(drop=True)
    return keys

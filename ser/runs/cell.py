"""The run folder: what a finished fold leaves behind, written atomically and read back."""

from __future__ import annotations

import hashlib
import json
import platform
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pandas as pd
import torch

from ser import __version__
from ser.errors import RunError
from ser.runs.configuration import INCIDENTAL
from ser.runs.files import create_json, write_json, write_text
from ser.runs.fingerprint import fingerprint
from ser.runs.layout import cell_name

PACKAGES = ("torch", "torchaudio", "pytorch-lightning", "scikit-learn", "soundfile", "numpy")


def flatten(config: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Dotted keys of a nested configuration."""
    flat: dict[str, Any] = {}
    for key, value in config.items():
        name = f"{prefix}{key}"
        flat.update(flatten(value, f"{name}.") if isinstance(value, Mapping) else {name: value})
    return flat


def identity(config: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a resolved configuration that decides the figures, as dotted keys."""
    return {
        key: value
        for key, value in flatten(config).items()
        if not any(key == name or key.startswith(f"{name}.") for name in INCIDENTAL)
    }


def digest(identity: Mapping[str, Any]) -> str:
    """Short SHA-256 of an identity as it stands, whatever today's code counts as one."""
    return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:16]


def _differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    return sorted(key for key in {*old, *new} if old.get(key) != new.get(key))


@dataclass(frozen=True)
class Cell:
    """One fold at one seed: the unit that is trained, skipped and continued.

    Args:
        run: Folder of the run, such as ``runs/emodb/cnn1d/stratified``.
        fold: Fold, counted from 0.
        seed: Seed of the training.
        config: Resolved configuration.
        inner: Inner fold of a nested selection, or None for the fold itself.
    """

    run: Path
    fold: int
    seed: int
    config: Mapping[str, Any]
    inner: int | None = None

    @property
    def folder(self) -> Path:
        """Where the cell keeps its files."""
        folder = self.run / cell_name(self.fold, self.seed)
        return folder if self.inner is None else folder / f"inner-{self.inner:02d}"

    @property
    def last_checkpoint(self) -> Path:
        """Where an interrupted training is continued from."""
        return self.folder / "checkpoints" / "last.ckpt"

    @property
    def finished(self) -> bool:
        """Whether ``finish`` was reached with this configuration.

        A setting that came later and is null is no other configuration.
        """
        marker, record = self.folder / "done", self.run / "identity.json"
        if not (marker.exists() and record.exists()):
            return False
        mark, recorded = json.loads(marker.read_text()), json.loads(record.read_text())
        now = identity(self.config)
        return bool(mark == {"config": digest(recorded)}) and not _differing(recorded, now)

    def open(self) -> None:
        """Claim the run folder for this configuration.

        Raises:
            RunError: If the run holds folds of another configuration; shows what differs.
        """
        record = self.run / "identity.json"
        if not create_json(record, identity(self.config)):
            _refuse_mixture(self.run, json.loads(record.read_text()), identity(self.config))

    def finish(
        self,
        predictions: pd.DataFrame,
        facts: Mapping[str, Any],
        validation: pd.DataFrame | None = None,
    ) -> None:
        """Write predictions and environment, then the marker that makes the cell count.

        Args:
            predictions: Predictions of the test side.
            facts: What is to be known of the training, for ``environment.json``.
            validation: Predictions of the validation side, where there is one.
        """
        write_text(self.folder / "predictions.csv", to_csv(predictions))
        if validation is not None:
            write_text(self.folder / "validation.csv", to_csv(validation))
        write_json(self.folder / "environment.json", {**environment(), **facts})
        recorded = json.loads((self.run / "identity.json").read_text())
        write_json(self.folder / "done", {"config": digest(recorded)})


def cells_of(run: Path) -> list[Path]:
    """Folders of the finished cells of a run, in the order of folds and seeds."""
    return sorted(marker.parent for marker in run.glob("fold-*/seed-*/done"))


def read_predictions(run: Path) -> pd.DataFrame:
    """Predictions of every finished cell of a run, in the order of folds and seeds.

    Kept evidence has them in one table; a run has them in its cells.

    Raises:
        RunError: If no cell is finished.
    """
    tables = [cell / "predictions.csv" for cell in cells_of(run)]
    if not tables:
        raise RunError(f"no finished fold in {run}; run ser.train first.")
    if not any(table.exists() for table in tables):
        tables = [run / "predictions.csv"]
    return pd.concat([from_csv(table) for table in tables], ignore_index=True)


def read_validation(run: Path) -> pd.DataFrame | None:
    """Predictions of the validation sides of every finished cell; None where there are none."""
    tables = [cell / "validation.csv" for cell in cells_of(run)]
    found = [from_csv(table) for table in tables if table.exists()]
    return pd.concat(found, ignore_index=True) if found else None


def to_csv(predictions: pd.DataFrame) -> str:
    """Text of a table of predictions; probabilities keep six digits."""
    text: str = predictions.to_csv(index=False, float_format="%.6f", lineterminator="\n")
    return text


def from_csv(path: Path) -> pd.DataFrame:
    """Table of predictions; ids such as ``03`` stay text."""
    words = dict.fromkeys(("id", "view", "speaker", "truth", "prediction"), str)
    return pd.read_csv(path, dtype=words)


def labels_of(predictions: pd.DataFrame) -> Sequence[str]:
    """Emotions in class order, from the columns of probabilities."""
    return [c.removeprefix("p_") for c in predictions.columns if c.startswith("p_")]


def environment() -> dict[str, Any]:
    """Versions, machine and code revision."""
    return {
        "versions": {
            "python": platform.python_version(),
            "ser": __version__,
            **{package: _version(package) for package in PACKAGES},
        },
        "platform": platform.platform(),
        "processor": platform.machine(),
        "threads": torch.get_num_threads(),
        "git": _revision(),
        "code": fingerprint(),
    }


def _version(package: str) -> str | None:
    """Version of an installed distribution; None where it came in another way."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _revision() -> str | None:
    command = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty"]
    try:
        found = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return None
    return found.stdout.strip()


def _refuse_mixture(run: Path, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    if keys := _differing(old, new):
        changes = "; ".join(f"{k}: {old.get(k)} there, {new.get(k)} now" for k in keys)
        raise RunError(
            f"{run} holds folds of another configuration ({changes}). Figures of two "
            "configurations are not mixed: pass output=ANOTHER_FOLDER, or remove that run."
        )

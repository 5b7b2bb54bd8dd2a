"""Where the configuration lies, and the name that a configuration gives its run."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

# What may differ between two starts of one run: where things lie, how they are shown, and on
# which device; environment.json records the device, and what precision=auto came to.
INCIDENTAL = (
    "fold",
    "seed",
    "output",
    "name",
    "title",
    "published",
    "logger",
    "retry",
    "code",
    "data.root",
    "data.cache",
    "trainer.accelerator",
    "trainer.devices",
    "trainer.strategy",
)
CHOICES = ("data", "model", "cv")
LONGEST = 200  # bytes of a folder name; file systems take 255, and drafts add to it
UNNAMED = (*INCIDENTAL, *CHOICES, "trainer", "data.verify", "experiment", "sweep", "hydra", "leak")


def config_folder() -> str:
    """Folder of the configuration: ``ser/conf`` of an installed package, else ``conf``."""
    package = Path(__file__).resolve().parents[1]
    packed = package / "conf"
    return str(packed if packed.is_dir() else package.parent / "conf")


def run_name(
    choices: Mapping[str, str | None], overrides: Sequence[str], name: str | None = None
) -> Path:
    """Name a run by what it is: ``corpus/model/cv``, then its experiment and what was changed.

    Args:
        choices: Choice of each configuration group.
        overrides: Words of the command line, such as ``model.learning_rate=1e-4``.
        name: Last part of the name, instead of one made from experiment and overrides.

    Example:
        >>> run_name({"data": "emodb", "model": "cnn1d", "cv": "speaker"}, ["seed=3"]).as_posix()
        'emodb/cnn1d/speaker'
    """
    parts = [str(choices[group]) for group in CHOICES]
    if name:
        return Path(*parts, name)
    experiment = choices.get("experiment")
    changed = [experiment.rpartition("/")[2]] if experiment else []
    changed += sorted(o.lstrip("+~") for o in overrides if _tells(o))
    return Path(*parts, *([shorten(",".join(changed).replace("/", "-"))] if changed else []))


def shorten(name: str) -> str:
    """Cut a name that no file system would take; a digest of the whole keeps it unique."""
    if len(name.encode()) <= LONGEST:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:12]
    return f"{name.encode()[: LONGEST - 13].decode(errors='ignore')}-{digest}"


def _tells(override: str) -> bool:
    key = override.lstrip("+~").partition("=")[0].partition("@")[0]
    return not any(key in (name, f"/{name}") for name in UNNAMED) and not key.startswith(
        ("hydra.", "hydra/", "logger.")
    )

"""Where the configuration lies, and the name that a configuration gives its run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from ser.results import INCIDENTAL

CHOICES = ("data", "model", "cv")
DEFAULTS = {"features": "statistics", "augment": "none", "protocol": "honest"}
UNNAMED = (*INCIDENTAL, *CHOICES, *DEFAULTS, "trainer", "data.verify", "experiment", "hydra")


def config_folder() -> str:
    """Folder of the configuration: ``ser/conf`` of an installed package, else ``conf``."""
    package = Path(__file__).resolve().parent
    packed = package / "conf"
    return str(packed if packed.is_dir() else package.parent / "conf")


def run_name(choices: Mapping[str, str | None], overrides: Sequence[str]) -> Path:
    """Name a run by what it is: ``corpus/model/cv``, then whatever else was changed.

    Args:
        choices: Choice of each configuration group.
        overrides: Words of the command line, such as ``model.learning_rate=1e-4``.

    Example:
        >>> run_name({"data": "emodb", "model": "cnn1d", "cv": "speaker"}, ["seed=3"]).as_posix()
        'emodb/cnn1d/speaker'
    """
    changed = [
        f"{group}={choices[group]}"
        for group, usual in DEFAULTS.items()
        if choices.get(group, usual) != usual
    ]
    if choices.get("experiment"):
        changed.append(f"experiment={choices['experiment']}")
    changed += sorted(o.lstrip("+~") for o in overrides if _tells(o))
    parts = [str(choices[group]) for group in CHOICES]
    return Path(*parts, *([",".join(changed).replace("/", "-")] if changed else []))


def _tells(override: str) -> bool:
    key = override.lstrip("+~").partition("=")[0].partition("@")[0]
    return not any(key in (name, f"/{name}") for name in UNNAMED) and not key.startswith(
        ("hydra.", "hydra/", "logger.")
    )

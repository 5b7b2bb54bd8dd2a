"""Where the configuration lies, and which of its settings decide the figures of a run."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

# What may differ between two starts of one run: where things lie, how they are shown, on which
# device and how it is driven; environment.json records it, and what precision=auto came to.
INCIDENTAL = (
    "fold",
    "seed",
    "output",
    "name",
    "title",
    "logger",
    "retry",
    "snapshots",
    "code",
    "data.cache",
    "data.columns",
    "data.name",
    "data.pattern",
    "features.device",
    "trainer.accelerator",
    "trainer.devices",
    "trainer.record",
    "trainer.strategy",
)
# Last words of settings that say where a corpus or a list lies; what lies there is compared itself.
PLACES = ("root", "path", "folder", "dir", "directory", "file")
IN_A_PART = re.compile(r"^model\.parts\.[^.]+\.(?=(features|model)\.)")  # before those of a part
# Before settings of one of several corpora, also while they wait to be spelt for a job of a sweep.
OF_ONE = re.compile(r"^(data\.corpora\.[^.]+|test_data(\.(tested|learnt|of\.[^.]+))?)\.")
WEIGHTS = "features.weights"  # of a pretrained encoder, which are compared as a corpus is


def config_folder() -> str:
    """Folder of the configuration: ``ser/conf`` of an installed package, else ``conf``."""
    package = Path(__file__).resolve().parents[1]
    packed = package / "conf"
    return str(packed if packed.is_dir() else package.parent / "conf")


def group_names() -> list[str]:
    """Names of the groups of the configuration, such as ``model``."""
    return sorted(path.name for path in Path(config_folder()).iterdir() if path.is_dir())


def spell_absence(words: Sequence[str]) -> list[str]:
    """Write ``logger=null``, which Hydra fails on, as ``~logger``, which it reads.

    Args:
        words: Words of a command line.
    """
    known = group_names()
    return [_absent(word) if word.removesuffix("=null") in known else word for word in words]


def _absent(word: str) -> str:
    group, _, value = word.partition("=")
    return f"~{group}" if value == "null" else word


def flatten(config: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Dotted keys of a nested configuration."""
    flat: dict[str, Any] = {}
    for key, value in config.items():
        name = f"{prefix}{key}"
        flat.update(flatten(value, f"{name}.") if isinstance(value, Mapping) else {name: value})
    return flat


def identity(config: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a resolved configuration that decides the figures, as dotted keys."""
    return {key: value for key, value in flatten(config).items() if not is_incidental(key)}


def is_incidental(key: str) -> bool:
    """Whether a setting, as a dotted key, may differ between two starts of one run."""
    own = own_key(key)
    return is_place(key) or any(own == name or own.startswith(f"{name}.") for name in INCIDENTAL)


def is_place(key: str) -> bool:
    """Whether a setting says where a corpus, folds or weights lie, such as ``cv.file``."""
    group, _, word = own_key(key).rpartition(".")
    return own_key(key) == WEIGHTS or (
        group in ("data", "data.corpus", "cv") and word.rpartition("_")[2] in PLACES
    )


def own_key(key: str) -> str:
    """What a setting of a part, or of one of several corpora, is called where it stands alone."""
    return OF_ONE.sub("data.", IN_A_PART.sub("", key))

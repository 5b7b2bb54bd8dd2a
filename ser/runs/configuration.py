"""Where the configuration lies, and which of its settings decide the figures of a run."""

from __future__ import annotations

from pathlib import Path

# What may differ between two starts of one run: where things lie, how they are shown, and on
# which device; environment.json records the device, and what precision=auto came to.
INCIDENTAL = (
    "fold",
    "seed",
    "output",
    "name",
    "title",
    "logger",
    "retry",
    "code",
    "data.root",
    "data.cache",
    "trainer.accelerator",
    "trainer.devices",
    "trainer.strategy",
)


def config_folder() -> str:
    """Folder of the configuration: ``ser/conf`` of an installed package, else ``conf``."""
    package = Path(__file__).resolve().parents[1]
    packed = package / "conf"
    return str(packed if packed.is_dir() else package.parent / "conf")

"""Which classes a configuration may name that was found in a run folder, and not written here.

Whoever starts a training chooses its classes. A run folder may come from anywhere, and what it
names is only built if it is a part of a training: nothing else in it is called.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pytorch_lightning import Callback, LightningDataModule, Trainer
from pytorch_lightning.loggers import Logger
from torch import nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from ser.corpora import Corpus
from ser.errors import ConfigError, RunError
from ser.folds import Regime, regime
from ser.system.source import is_ours
from ser.training.settings import find

PARTS = (
    *(Callback, Corpus, LightningDataModule, Logger, LRScheduler, Optimizer, Regime, Trainer),
    nn.Module,
)
LIKE = (("fit", "predict"), ("split", "get_n_splits"))  # estimators and splitters of scikit-learn


def refuse_other_kinds(path: Path, config: Mapping[str, Any]) -> None:
    """Refuse a configuration that names what is no class of a training.

    Args:
        path: File that it was read from.
        config: What it holds, resolved; classes outside this package are imported.

    Raises:
        RunError: If it does; says what and where.
    """
    for place, node in _built("", config):
        name = str(node["_target_"])
        standard = name.partition(".")[0] in sys.stdlib_module_names  # not even imported
        if standard or not _is_part(_found(path, place, node)):
            raise RunError(
                f"{path} names {name} as {place}, which is no class of a training, and what a run "
                "folder names is not called. If it is yours, start ser.train with it yourself."
            )


def _found(path: Path, place: str, node: Mapping[str, Any]) -> Any:
    try:
        return find(place, node)
    except ConfigError as error:
        raise RunError(f"{path}: {error}") from error


def _is_part(found: Any) -> bool:
    if not isinstance(found, type):
        return found is regime
    like = any(all(hasattr(found, name) for name in names) for names in LIKE)
    return like or is_ours(found) or issubclass(found, PARTS)


def _built(place: str, node: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield place and node of whatever would be built, at any depth."""
    items: Any = dict(enumerate(node)) if isinstance(node, list) else node
    if not isinstance(items, Mapping):
        return
    if "_target_" in items:
        yield place, items
    for key, child in items.items():
        yield from _built(f"{place}.{key}".lstrip("."), child)

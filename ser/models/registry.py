"""The names by which checkpoints know networks.

A network is known by a name: ``"CNN1D"`` for a class of ``ser.models``, ``"published.CNN1D"`` for
one of ``ser.models.published``, and module and class, ``"mine.nets.MyNet"``, for anybody else's.
``register`` adds a class to those that ``ser.models.network_class`` finds; nothing is ever imported
because a checkpoint says so.
"""

from __future__ import annotations

from typing import TypeVar

from torch import nn

from ser.errors import RunError
from ser.models.lightning import LightningModule

Network = TypeVar("Network", bound=LightningModule)
NETWORKS: dict[str, type[LightningModule]] = {}
OURS = "ser.models."


def register(network: type[Network]) -> type[Network]:
    """Make a network known, so that checkpoints of it can be loaded; usable as a decorator.

    Args:
        network: Subclass of ``EmotionClassifier``.

    Example:
        >>> from ser.models import EmotionClassifier, network_class, register
        >>> from ser.models.registry import name_of
        >>> @register
        ... class MyNet(EmotionClassifier):
        ...     pass
        >>> network_class(name_of(MyNet)) is MyNet
        True
    """
    NETWORKS[name_of(network)] = network
    return network


def name_of(network: type[LightningModule]) -> str:
    """Name of a network in its checkpoints."""
    if network.__module__.startswith(f"{OURS}published."):
        return f"published.{network.__name__}"
    if network.__module__.startswith(OURS):
        return network.__name__
    return f"{network.__module__}.{network.__qualname__}"


def refuse_foreign(model: object) -> None:
    """Refuse a model that only a process which imported its networks can load.

    Raises:
        RunError: If one of its networks is registered, and not of ``ser.models``.
    """
    for part in model.modules() if isinstance(model, nn.Module) else ():
        if isinstance(part, LightningModule) and not type(part).__module__.startswith(OURS):
            name, short = name_of(type(part)), type(part).__name__
            raise RunError(
                f"{name} is not a network of ser.models. Load them in Python, where you import it: "
                f"ser.load(path, network={short})."
            )

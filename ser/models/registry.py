"""The networks that a checkpoint may name, and the two forms that ``recipe`` chooses between.

A network is known by a name: ``"CNN1D"`` for a class of ``ser.models``, ``"published.CNN1D"`` for
one of ``ser.models.published``, and module and class, ``"mine.nets.MyNet"``, for anybody else's.
``register`` adds a class to those that ``network_class`` finds; nothing is ever imported because
a checkpoint says so.

``recipe`` is how configurations, ``for_data`` and older checkpoints choose a form: the default
network of a name hands over to the published one of the same name when it is called with
``recipe="published"``, so that ``CNN1D(4, 161, recipe="published")`` is a
``ser.models.published.CNN1D``. This is the only place where the two know of each other.
"""

from __future__ import annotations

from importlib import import_module
from typing import TypeVar

from torch import nn

from ser.errors import RunError, likely
from ser.models.lightning import LightningModule

Network = TypeVar("Network", bound=LightningModule)
RECIPES = ("default", "published")
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


def network_class(name: str) -> type[LightningModule]:
    """Find a network by the name that its checkpoints give it.

    Raises:
        RunError: If there is none of that name in ``ser.models``, and none was registered.
    """
    if isinstance(name, str) and name in _known():
        return NETWORKS[name]
    short = str(name).rpartition(".")[2]
    raise RunError(
        f"{name!r} is neither a network of ser.models nor a registered one"
        f"{likely(name, NETWORKS)}; import its class and call ser.register({short}), or pass it: "
        f"ser.load(path, network={short})."
    )


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


def class_for(network: type[LightningModule], recipe: object) -> type[LightningModule]:
    """Class that is built when ``network`` is called with a recipe: itself, or its published form.

    Whether a class can have the recipe at all is for its constructor to say.
    """
    if recipe != "published":
        return network
    published = _known().get(f"published.{network.__name__}")
    if published and NETWORKS.get(network.__name__) is network:
        return published
    return network


def _known() -> dict[str, type[LightningModule]]:
    """All networks that are registered, those of this package among them."""
    import_module("ser.models.networks")
    return NETWORKS

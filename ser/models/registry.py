"""The networks that a checkpoint may name, and the forms that ``recipe`` and ``form`` choose.

A network is known by a name: ``"CNN1D"`` for a class of ``ser.models``, ``"published.CNN1D"`` for
one of ``ser.models.published``, ``"vectors.CNN1D"`` likewise, and module and class,
``"mine.nets.MyNet"``, for anybody else's.
``register`` adds a class to those that ``network_class`` finds; nothing is ever imported because
a checkpoint says so.

``recipe`` and ``form`` are how configurations, ``for_data`` and older checkpoints choose: the
default network of a name hands over to the published one of the same name when it is called with
``recipe="published"``, so that ``CNN1D(4, 161, recipe="published")`` is a
``ser.models.published.CNN1D``, and to the one over feature vectors when it is called with a
``form``, such as ``CNN1D(4, 161, form="shallow")``. This is the only place where they know of each
other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from pytorch_lightning import LightningModule

from ser.errors import RunError, likely

Network = TypeVar("Network", bound=LightningModule)
RECIPES = ("default", "published")
NETWORKS: dict[str, type[LightningModule]] = {}
OURS = "ser.models."
ROOMS = ("published", "vectors")  # of networks that have the name of a default one


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
    if network.__module__.startswith(OURS):
        room = network.__module__.removeprefix(OURS).partition(".")[0]
        return f"{room}.{network.__name__}" if room in ROOMS else network.__name__
    return f"{network.__module__}.{network.__qualname__}"


def network_class(name: str) -> type[LightningModule]:
    """Find a network by the name that its checkpoints give it.

    Raises:
        RunError: If there is none of that name in ``ser.models``, and none was registered.
    """
    if isinstance(name, str) and name in NETWORKS:
        return NETWORKS[name]
    short = str(name).rpartition(".")[2]
    raise RunError(
        f"{name!r} is neither a network of ser.models nor a registered one"
        f"{likely(name, NETWORKS)}; import its class and call ser.register({short}), or pass it: "
        f"ser.load(path, network={short})."
    )


def class_for(
    network: type[LightningModule], arguments: Mapping[str, object]
) -> type[LightningModule]:
    """Class that is built when ``network`` is called: itself, or another form of the same name.

    Whether a class can have the recipe or the form at all is for its constructor to say.

    Args:
        network: A network.
        arguments: Its constructor arguments, by name.
    """
    if NETWORKS.get(network.__name__) is not network:
        return network
    room = "published" if arguments.get("recipe") == "published" else "vectors"
    if room == "vectors" and arguments.get("form") is None:
        return network
    return NETWORKS.get(f"{room}.{network.__name__}", network)

"""Build a network from what a checkpoint says, believing none of it.

A checkpoint comes from anywhere. Its settings are plain values for arguments that the constructor
has; they are tried out on PyTorch's ``meta`` device, where tensors have a shape and no memory, and
the network is built for good only if these shapes are those of the weights in the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from ser.errors import RunError, SerError
from ser.models.arguments import constructor_arguments
from ser.models.classifier import EmotionClassifier
from ser.models.registry import OURS, name_of, network_class

PLAIN = (bool, int, float, str, type(None))


def build_from_checkpoint(
    content: Mapping[str, Any], network: type[EmotionClassifier] | None = None
) -> EmotionClassifier:
    """Build the network of a checkpoint, with its weights, labels and front end.

    Args:
        content: Checkpoint, as ``torch.load(path, weights_only=True)`` gives it.
        network: Class of the network; None takes the one that the checkpoint names, which has
            to be one of ``ser.models`` or a registered one.

    Raises:
        RunError: If the checkpoint was not written by ser, its network is unknown, or its
            settings and weights do not fit the network.
        ConfigError: If the constructor refuses a setting.
    """
    described, state = _described(content), _weights(content)
    kind: Any = network or network_class(described["network"])
    arguments = _arguments(kind, content.get("hyper_parameters", {}))
    _check_sizes(arguments, described["labels"], state)
    _check_shapes(kind, _outline(kind, arguments), state)
    built = _build(kind, arguments)
    _check_shapes(kind, built, state)
    built.load_state_dict(state)
    built.on_load_checkpoint(dict(content))
    if len(built.labels) != built.num_classes:
        raise RunError(
            f"the checkpoint has {len(built.labels)} labels, and its network {built.num_classes} "
            "classes; the file is damaged."
        )
    return built


def _described(content: Mapping[str, Any]) -> dict[str, Any]:
    described = content.get("ser")
    if isinstance(described, dict) and {"network", "labels", "front_end"} <= described.keys():
        labels = described["labels"]
        if isinstance(labels, list) and all(isinstance(label, str) for label in labels):
            return described
    raise RunError("the checkpoint was not written by ser; pass a model.ckpt that ser.train wrote.")


def _weights(content: Mapping[str, Any]) -> dict[str, Tensor]:
    state = content.get("state_dict")
    if isinstance(state, dict) and all(_is_whole(weight) for weight in state.values()):
        return state
    raise RunError(
        "the checkpoint's state_dict does not hold its weights in full; the file is damaged."
    )


def _is_whole(weight: object) -> bool:
    """Whether a tensor has memory for each of its numbers: a strided view can claim any size."""
    if not isinstance(weight, Tensor) or weight.layout != torch.strided or weight.is_meta:
        return False
    return weight.numel() * weight.element_size() <= weight.untyped_storage().nbytes()


def _arguments(kind: type[EmotionClassifier], settings: object) -> dict[str, Any]:
    if not isinstance(settings, Mapping):
        raise RunError("the checkpoint's hyper_parameters are no mapping; the file is damaged.")
    known = constructor_arguments(kind)
    for name, value in settings.items():
        if name not in known:
            raise RunError(f"the checkpoint sets {name!r}, which {name_of(kind)} does not take.")
        if not _is_plain(value):
            raise RunError(
                f"the checkpoint sets {name} to a {type(value).__name__}; only numbers, words, "
                "None and lists of them are taken from a file."
            )
    return dict(settings)


def _is_plain(value: object) -> bool:
    parts = value if isinstance(value, list | tuple) else [value]
    return all(type(part) in PLAIN for part in parts)


def _check_sizes(arguments: dict[str, Any], labels: list[str], state: dict[str, Tensor]) -> None:
    """Hold the sizes that every network has against the file, before anything is built of them."""
    held = {"num_classes": len(labels), "num_features": state.get("feature_mean", Tensor()).numel()}
    for name in held.keys() & arguments.keys():
        if arguments[name] != held[name]:
            raise RunError(
                f"the checkpoint says {name}={arguments[name]}, and holds labels and weights for "
                f"{held[name]}; the file is damaged."
            )


def _outline(kind: type[EmotionClassifier], arguments: dict[str, Any]) -> EmotionClassifier | None:
    """Build a network without memory; None if it cannot be, and its author is to be trusted."""
    try:
        with torch.device("meta"):
            return _build(kind, arguments)
    except RunError:
        if kind.__module__.startswith(OURS):
            raise
        return None  # a filter bank that is computed in a constructor, say, cannot be outlined


def _build(kind: type[EmotionClassifier], arguments: dict[str, Any]) -> EmotionClassifier:
    try:
        return kind(**arguments)
    except SerError:
        raise
    except Exception as error:  # anything, since the values are those of the file
        raise RunError(
            f"the checkpoint's settings do not build a {name_of(kind)} "
            f"({type(error).__name__}: {error})."
        ) from error


def _check_shapes(
    kind: type[EmotionClassifier], built: EmotionClassifier | None, state: dict[str, Tensor]
) -> None:
    if built is None:
        return
    wanted = {name: tuple(weight.shape) for name, weight in built.state_dict().items()}
    given = {name: tuple(weight.shape) for name, weight in state.items()}
    for name in [*wanted, *given]:
        found, right = given.get(name, "absent"), wanted.get(name, "absent")
        if found != right:
            raise RunError(
                f"the checkpoint's weights do not fit the {name_of(kind)} that it describes: "
                f"{name} is {found}, and should be {right}."
            )

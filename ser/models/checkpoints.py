"""Build a network from what a checkpoint says, believing none of it.

A checkpoint comes from anywhere. Its settings are plain values for arguments that the constructor
has; they are tried out on PyTorch's ``meta`` device, where tensors have a shape and no memory, and
the network is built for good only if these shapes are those of the weights in the file.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from ser.errors import RunError, SerError, in_a_line
from ser.models.arguments import constructor_arguments
from ser.models.classifier import EmotionClassifier
from ser.models.description import check_description
from ser.models.history import BEFORE
from ser.models.networks import network_class
from ser.models.registry import OURS, name_of
from ser.models.weights import check_finite, check_scaler, weights_in

PLAIN = (bool, int, float, str, type(None))
LONGEST_WORD = 200  # letters


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
    described, state = check_description(content), weights_in(content)
    kind: Any = network or network_class(described["network"])
    arguments = _arguments(kind, content.get("hyper_parameters", {}))
    _check_sizes(arguments, described["labels"], state)
    _check_shapes(kind, _outline(kind, arguments), state)
    built = _build(kind, arguments)
    _check_shapes(kind, built, state)
    built.load_state_dict(dict(state))  # what a file says beside its weights is read below
    _check_numbers(built)
    built.on_load_checkpoint(dict(content))
    if len(built.labels) != built.num_classes:
        raise RunError(
            f"the checkpoint has {len(built.labels)} labels, and its network {built.num_classes} "
            "classes; the file is damaged."
        )
    return built


def _check_numbers(built: EmotionClassifier) -> None:
    """Refuse weights that are not finite; a mask that somebody else's network keeps may be so."""
    ours = type(built).__module__.startswith(OURS)
    check_finite(built.state_dict() if ours else dict(built.named_parameters()))
    check_scaler(built.feature_mean, built.feature_std)


def _arguments(kind: type[EmotionClassifier], settings: object) -> dict[str, Any]:
    if not isinstance(settings, Mapping):
        raise RunError("the checkpoint's hyper_parameters are not a mapping; the file is damaged.")
    known = constructor_arguments(kind)
    for name, value in settings.items():
        if name not in known:
            shown = repr(name)[:LONGEST_WORD]
            raise RunError(f"the checkpoint sets {shown}, which {name_of(kind)} does not take.")
        if not _is_plain(value):
            raise RunError(
                f"the checkpoint sets {name} to a {type(value).__name__}; only numbers (not nan), "
                f"words of at most {LONGEST_WORD} letters, None and lists of them are taken from a "
                "file."
            )
    return {**_before(kind), **settings}


def _before(kind: type[EmotionClassifier]) -> dict[str, bool | int]:
    """Settings that a network, or the one that it derives from, had before files named them."""
    found = next((BEFORE[base.__name__] for base in kind.__mro__ if base.__name__ in BEFORE), {})
    return {name: found[name] for name in constructor_arguments(kind) if name in found}


def _is_plain(value: object) -> bool:
    parts = value if isinstance(value, list | tuple) else [value]
    return all(type(part) in PLAIN and _is_sound(part) for part in parts)


def _is_sound(part: object) -> bool:
    """Whether a value may stand in a sentence: errors of constructors quote what they refuse."""
    if isinstance(part, str):
        return len(part) <= LONGEST_WORD and part.isprintable()
    return not isinstance(part, float) or not math.isnan(part)


def _check_sizes(arguments: dict[str, Any], labels: list[str], state: dict[str, Tensor]) -> None:
    """Compare the sizes that every network has with the file, before anything is built of them."""
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
            f"the checkpoint's settings do not build a {name_of(kind)} ({in_a_line(error)})."
        ) from error


def _check_shapes(
    kind: type[EmotionClassifier], built: EmotionClassifier | None, state: dict[str, Tensor]
) -> None:
    if built is None:
        return
    wanted = {name: _kind(weight) for name, weight in built.state_dict().items()}
    given = {name: _kind(weight) for name, weight in state.items()}
    for name in [*wanted, *given]:
        found, right = given.get(name, "absent"), wanted.get(name, "absent")
        if found != right:
            raise RunError(
                f"the checkpoint's weights do not fit the {name_of(kind)} that it describes: "
                f"{name} is {found}, and should be {right}."
            )


def _kind(weight: Tensor) -> str:
    """Shape of a weight, and whether it counts; half precision is as good as full."""
    return f"{tuple(weight.shape)}{'' if weight.is_floating_point() else ' of whole numbers'}"

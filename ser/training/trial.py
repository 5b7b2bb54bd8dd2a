"""Build a network without memory before any data are read, to see whether its settings can be."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import torch

from ser.errors import ConfigError, SerError, in_a_line
from ser.models import EmotionClassifier
from ser.models.arguments import constructor_arguments
from ser.system.source import is_ours
from ser.training.placing import placed

SECONDS = 10  # length of the utterance that a network is tried with, where it asks for one


def try_network(kind: type[EmotionClassifier], settings: Mapping[str, Any], data: Any) -> None:
    """Build the outline of a network on the ``meta`` device, where tensors have no content.

    A class of one's own that cannot be built so is left to its author.

    Args:
        kind: Class of the network.
        settings: Its constructor arguments, but for those that follow from the data.
        data: A ``CorpusDataModule``, of which nothing is read.

    Raises:
        ConfigError: If the settings cannot be; names the one that is at fault.
    """
    shape = _shape(kind, settings, data)
    try:
        with placed("model", settings):
            _outline(kind, {**shape, **settings})
    except SerError:
        raise
    except Exception as error:  # of layers, which have rules and words of their own
        key = _at_fault(kind, shape, settings)
        if key is None and not is_ours(kind):
            return
        place = f"model.{key}={settings[key]}" if key else "model"
        raise ConfigError(
            f"{place} cannot be built ({in_a_line(error).rstrip('.')}); correct that setting, or "
            "leave it out."
        ) from error


def _outline(kind: type[EmotionClassifier], arguments: Mapping[str, Any]) -> None:
    with torch.device("meta"):
        kind(**arguments)


def _shape(kind: type[EmotionClassifier], settings: Mapping[str, Any], data: Any) -> dict[str, int]:
    """What follows from the data, of as much as is known of them before they are read."""
    front_end = data.front_end
    samples = torch.tensor([SECONDS * front_end.sample_rate])
    known = {
        "num_classes": len(data.labels),
        "num_features": front_end.num_features,
        "num_frames": int(front_end.num_frames(samples)),
    }
    wanted = constructor_arguments(kind).keys() - settings.keys()
    return {key: value for key, value in known.items() if key in wanted}


def _at_fault(
    kind: type[EmotionClassifier], shape: Mapping[str, int], settings: Mapping[str, Any]
) -> str | None:
    """The setting without which the network can be built; None if there is no such."""
    for key in settings:
        with suppress(Exception):
            _outline(kind, {**shape, **{k: v for k, v in settings.items() if k != key}})
            return key
    return None

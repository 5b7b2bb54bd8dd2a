"""Make classes of your own known, so that models on them can be loaded."""

from __future__ import annotations

from typing import Any, TypeVar

from ser.features import FRONT_ENDS, FrontEnd

Kind = TypeVar("Kind", bound=type[Any])


def register(kind: Kind) -> Kind:
    """Make a network or a front end known, so that models on it are loaded by its name.

    It is usable as a decorator. Nothing is ever imported because a model file says so.

    Args:
        kind: Subclass of ``EmotionClassifier`` or ``FrontEnd``.

    Example:
        >>> import ser
        >>> from ser.features import LogMel, build_front_end
        >>> @ser.register
        ... class Halved(LogMel):
        ...     def extract(self, waveform, lengths):
        ...         return super().extract(waveform, lengths) / 2
        >>> type(build_front_end(Halved().spec())) is Halved
        True
    """
    if issubclass(kind, FrontEnd):
        FRONT_ENDS[kind.known_as()] = kind
        return kind
    from ser.models import register as register_network  # noqa: PLC0415 - Lightning takes seconds

    register_network(kind)
    return kind

"""Front ends: from a waveform to what a network reads, in plain torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ser.errors import check_choice
from ser.features.frontend import FrontEnd
from ser.features.functionals import Functionals
from ser.features.limits import require
from ser.features.opensmile import OpenSmile
from ser.features.pretrained.wav2vec2 import Wav2Vec2
from ser.features.pretrained.whisper import Whisper
from ser.features.raw import RawWaveform
from ser.features.settings import check_settings
from ser.features.spectral import MFCC, LogMel
from ser.features.statistics import UtteranceStatistics

FRONT_ENDS: dict[str, type[FrontEnd]] = {
    "LogMel": LogMel,
    "MFCC": MFCC,
    "RawWaveform": RawWaveform,
    "UtteranceStatistics": UtteranceStatistics,
    "Functionals": Functionals,
    "OpenSmile": OpenSmile,
    "Wav2Vec2": Wav2Vec2,
    "Whisper": Whisper,
}

__all__ = [
    "MFCC",
    "FrontEnd",
    "Functionals",
    "LogMel",
    "OpenSmile",
    "RawWaveform",
    "UtteranceStatistics",
    "Wav2Vec2",
    "Whisper",
    "build_front_end",
]


def build_front_end(spec: Mapping[str, Any]) -> FrontEnd:
    """Build a front end from its description.

    Args:
        spec: ``name`` of the class, its ``settings`` (constructor arguments; what is absent has
            its default) and, as ``FrontEnd.spec`` writes it, the ``version`` of its numbers. With
            a version, absent settings that were ``added`` later are what they stand for.

    Raises:
        ConfigError: If the name or a setting is unknown, or the version is another one.

    Example:
        >>> build_front_end({"name": "LogMel", "settings": {"n_mels": 64}}).num_features
        64
    """
    name, settings = spec.get("name"), spec.get("settings") or {}
    _refuse_foreign(name)
    check_choice("front end name", name, FRONT_ENDS)
    kind = FRONT_ENDS[str(name)]
    check_settings(kind, settings)
    version = spec.get("version", kind.version)
    require(
        version == kind.version,
        f"{name} version={version!r} is not this package's version {kind.version}, and its numbers "
        "differ; extract and train again, or install the package that wrote it.",
    )
    earlier = kind.earlier() if "version" in spec else {}
    return kind(**{**earlier, **settings})


def _refuse_foreign(name: object) -> None:
    """Refuse a front end of somebody else that nobody has registered; says how that is done."""
    *modules, kind = str(name).split(".")
    foreign = modules and name not in FRONT_ENDS and all(map(str.isidentifier, (*modules, kind)))
    require(
        not foreign,
        f"{name} is not a front end of ser.features. Load it in Python, and make the class known "
        f"before: from {'.'.join(modules)} import {kind}; ser.register({kind}).",
    )

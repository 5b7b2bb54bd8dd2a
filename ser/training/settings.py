"""Settings of a configuration against what they are arguments of: their names, then their types."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping, Sequence
from pkgutil import resolve_name
from typing import Any, Literal

from ser.errors import ConfigError, check_choice, first_line, in_a_line, likely
from ser.models.arguments import constructor_arguments
from ser.system.hints import fits, hints
from ser.training.demands import unfit
from ser.training.device import MODES
from ser.training.forbidden import IDLE, OURS, refuse_forbidden, refuse_precision

# What ser.train reads of trainer itself, and what of it Lightning does not know.
READ = ("accelerator", "devices", "strategy", "precision", "compile", "record", "deterministic",
        "benchmark", "fast_dev_run")  # fmt: skip
LISTED = 17  # settings at most in a sentence that knows which one was meant
BESIDE: Mapping[str, Any] = {"compile": str | None, "record": bool | Literal["auto"]}


def check_trainer(settings: Mapping[str, Any]) -> None:
    """Refuse settings that a Trainer does not take, and what it cannot be built without.

    Raises:
        ConfigError: If one is unknown, of another type, forbidden, or left out.
    """
    for key in READ:
        if key not in settings:
            raise ConfigError(
                f"~trainer.{key} leaves out what every training reads; pass another value "
                f"instead, as conf/trainer/auto.yaml explains them."
            )
    for key, kind in BESIDE.items():
        if not fits(settings[key], kind):
            raise unfit(f"trainer.{key}", settings[key], kind)
    check_choice("trainer.compile", settings["compile"], (None, *MODES))
    taken = {key: value for key, value in settings.items() if key not in BESIDE}
    refuse_precision(taken.pop("precision"))
    _refuse_unknown(taken)
    check_settings("trainer", taken)
    refuse_forbidden(settings)


def loggers_in(settings: Any) -> dict[str, Mapping[str, Any]]:
    """Settings of each logger of a configuration, by the place where they stand.

    Args:
        settings: Its node ``logger``: of one logger, of several by their names, or nothing.
    """
    if not settings:
        return {}
    if not isinstance(settings, Mapping) or "_target_" in settings:
        return {"logger": settings}
    return {f"logger.{name}": part for name, part in settings.items()}


def _refuse_unknown(trainer: Mapping[str, Any]) -> None:
    """Refuse what a Trainer does not take; names what it takes here, which is less."""
    target = find("trainer", trainer)
    if (taken := _arguments(target)) is None:  # whatever it is given
        return
    free = [key for key in (*taken, *BESIDE) if key not in (*OURS, *IDLE)]
    for key in trainer:
        if not key.startswith("_") and key not in taken:
            raise ConfigError(_unknown(f"trainer.{key}", target, free))


def check_settings(place: str, settings: Any) -> None:
    """Refuse settings that are no arguments of what they build, or of another type.

    Args:
        place: Where they stand in the configuration, such as ``model``.
        settings: ``_target_`` and arguments, nested where an argument is itself built.

    Raises:
        ConfigError: If a name or a type is wrong, or there is nothing to build; says where.
    """
    if isinstance(settings, list):
        for number, part in enumerate(settings):
            check_settings(f"{place}[{number}]", part)
        return
    target = find(place, settings)
    known, types = _arguments(target), hints(target)
    for key, value in settings.items():
        if key.startswith("_"):
            continue
        if known is not None and key not in known:
            raise ConfigError(_unknown(f"{place}.{key}", target, known))
        if _built(value):
            check_settings(f"{place}.{key}", value)
        elif isinstance(value, Mapping) and any(map(_built, value.values())):
            for name, part in value.items():
                check_settings(f"{place}.{key}.{name}", part)
        elif key in types and not fits(value, types[key]):
            raise unfit(f"{place}.{key}", value, types[key])


def _unknown(setting: str, target: Any, known: Sequence[str]) -> str:
    """Say that there is no such setting, and which one was meant or which ones there are."""
    near = likely(setting.rpartition(".")[2], known)
    listed = f"one of {', '.join(known)}" if len(known) > 1 else "".join(known)
    others = f", or take {listed}" if known and (len(known) <= LISTED or not near) else ""
    return f"{setting} is no setting of {target.__name__}{near}; leave it out{others}."


def find(place: str, settings: Any) -> Any:
    """Import what the ``_target_`` of some settings names.

    Args:
        place: Where they stand in the configuration, such as ``model``.
        settings: As in ``check_settings``.

    Raises:
        ConfigError: If there is nothing of that name.
    """
    target = settings.get("_target_") if isinstance(settings, Mapping) else None
    if target is None:
        group = re.split(r"[.[]", place)[0]
        raise ConfigError(
            f"{place} names nothing to build: it has no _target_; choose {group} by name, or give "
            "the class in _target_ and its arguments beside it."
        )
    try:
        return resolve_name(str(target))
    except (Exception, SystemExit) as error:  # whatever a module of the user's does
        plain = isinstance(error, ImportError | AttributeError | SyntaxError)
        reason = (first_line if plain else in_a_line)(error).rstrip(".")
        raise ConfigError(
            f"{place}._target_={target} cannot be imported ({reason}); correct the name, or "
            "install the package that it is of."
        ) from error


def _arguments(target: Any) -> list[str] | None:
    """Names of arguments; None where any is taken."""
    bases = getattr(target, "__mro__", ())
    makers = [vars(base)["__init__"] for base in bases if "__init__" in vars(base)] or [target]
    if all(_takes_anything(maker) for maker in makers):
        return None
    return list(
        constructor_arguments(target)
        if isinstance(target, type)
        else inspect.signature(target).parameters
    )


def _takes_anything(maker: Any) -> bool:
    parameters = inspect.signature(maker).parameters.values()
    return any(p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters)


def _built(value: Any) -> bool:
    """Whether a value is built from a configuration, or a list of what is."""
    parts = value if isinstance(value, list) else [value]
    return any(isinstance(part, Mapping) and "_target_" in part for part in parts)

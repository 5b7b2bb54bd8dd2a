"""Settings of a configuration against what they are arguments of: their names, then their types."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from pkgutil import resolve_name
from typing import Any, Literal

from ser.errors import ConfigError, check_choice, likely
from ser.models.arguments import constructor_arguments
from ser.system.hints import fits, hints
from ser.training.demands import unfit
from ser.training.device import MODES
from ser.training.forbidden import refuse_forbidden

# What ser.train reads of trainer itself, and what of it Lightning does not know.
READ = ("accelerator", "devices", "strategy", "precision", "compile", "record", "deterministic",
        "benchmark", "fast_dev_run")  # fmt: skip
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
    if taken["precision"] == "auto":
        del taken["precision"]
    check_settings("trainer", taken)
    refuse_forbidden(settings)


def loggers_in(settings: Any) -> dict[str, Mapping[str, Any]]:
    """Settings of each logger of a configuration, by the place where they stand.

    Args:
        settings: Its node ``logger``: of one logger, of several by their names, or nothing.
    """
    if not settings:
        return {}
    if "_target_" in settings:
        return {"logger": settings}
    return {f"logger.{name}": part for name, part in settings.items()}


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
            raise ConfigError(
                f"{place}.{key} is no setting of {target.__name__}{likely(key, known)}; leave it "
                f"out, or take one of {', '.join(known)}."
            )
        if _built(value):
            check_settings(f"{place}.{key}", value)
        elif isinstance(value, Mapping) and any(map(_built, value.values())):
            for name, part in value.items():
                check_settings(f"{place}.{key}.{name}", part)
        elif key in types and not fits(value, types[key]):
            raise unfit(f"{place}.{key}", value, types[key])


def find(place: str, settings: Any) -> Any:
    """Import what the ``_target_`` of some settings names.

    Args:
        place: Where they stand in the configuration, such as ``model``.
        settings: As in ``check_settings``.

    Raises:
        ConfigError: If there is nothing of that name.
    """
    target = settings.get("_target_") if isinstance(settings, Mapping) else None
    try:
        return resolve_name(str(target))
    except Exception as error:
        reason = str(error).partition("\n")[0].rstrip(".")
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
    return list(constructor_arguments(target) if isinstance(target, type) else hints(target))


def _takes_anything(maker: Any) -> bool:
    parameters = inspect.signature(maker).parameters.values()
    return any(p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters)


def _built(value: Any) -> bool:
    """Whether a value is built from a configuration, or a list of what is."""
    first = value[0] if isinstance(value, list) and value else value
    return isinstance(first, Mapping) and "_target_" in first

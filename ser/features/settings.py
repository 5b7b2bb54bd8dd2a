"""Settings of a front end as a file gives them: known names, values of the right types."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from numbers import Real
from typing import Any

from ser.features.frontend import FrontEnd, require


def check_settings(kind: type[FrontEnd], settings: object) -> None:
    """Refuse settings that a front end does not take.

    Args:
        kind: Class of the front end.
        settings: Its constructor arguments, by name.

    Raises:
        ConfigError: If they are no mapping, or a name or the type of a value is wrong.
    """
    require(
        isinstance(settings, Mapping),
        f"the settings of {kind.__name__} are a {type(settings).__name__}; give names and values.",
    )
    known = inspect.signature(kind).parameters
    for name, value in dict(settings).items():  # type: ignore[call-overload]
        require(
            name in known,
            f"{kind.__name__} has no settings {[name]}; use those among {', '.join(known)} only.",
        )
        wanted = str(known[name].annotation)
        require(_fits(value, wanted), f"{name}={value!r} must be of type {wanted}; correct it.")


def _fits(value: Any, wanted: str) -> bool:
    if value is None:
        return wanted.endswith("| None")
    if isinstance(value, bool) or wanted == "bool":
        return isinstance(value, bool) and wanted == "bool"
    if wanted in ("str", "str | None"):
        return isinstance(value, str)
    if wanted == "int":
        return isinstance(value, int)
    if wanted.startswith("float"):
        return isinstance(value, Real)
    return isinstance(value, list | tuple) and all(isinstance(part, str) for part in value)

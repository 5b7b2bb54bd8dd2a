"""Settings of a front end as a file gives them: known names, values of the right types."""

from __future__ import annotations

import inspect
from collections.abc import Mapping

from ser.features.frontend import FrontEnd
from ser.features.limits import require
from ser.system.hints import fits, hints, named

VARIABLE = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def check_settings(kind: type[FrontEnd], settings: object) -> None:
    """Refuse settings that a front end does not take.

    Args:
        kind: Class of the front end.
        settings: Its constructor arguments, by name.

    Raises:
        ConfigError: If they are no mapping, one is lacking, or a name or the type of a value is
            wrong.
    """
    require(
        isinstance(settings, Mapping),
        f"the settings of {kind.__name__} are a {type(settings).__name__}; map names to values.",
    )
    known, types = inspect.signature(kind).parameters, hints(kind)
    needed = [n for n, p in known.items() if p.default is p.empty and p.kind not in VARIABLE]
    lacking = [name for name in needed if name not in settings]  # type: ignore[operator]
    require(not lacking, f"{kind.__name__} needs a value for {', '.join(lacking)}; give it.")
    for name, value in dict(settings).items():  # type: ignore[call-overload]
        require(
            name in known,
            f"{kind.__name__} has no setting {name!r}; it has {', '.join(known)}.",
        )
        wanted = types.get(name, object)
        require(fits(value, wanted), f"{name}={value!r} must be {named(wanted)}; correct it.")

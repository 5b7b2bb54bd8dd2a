"""Estimators of scikit-learn, whose settings are asked for before anything is extracted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ser.errors import ConfigError, likely

# What scikit-learn says of a parameter that it refuses.
REFUSED = re.compile(r"The '(\w+)' parameter of \w+ must be (.*)\. Got .* instead\.", re.S)
AMONG = re.compile(r"a str among \{([^}]*)\}")
OPEN = re.compile(r"in the range ([\[(])([\d.]+), inf[\])]")
IN_WORDS = {
    "an instance of 'bool' or an instance of 'numpy.bool'": "true or false",
    "an instance of 'bool' or an instance of 'numpy.bool_'": "true or false",  # before numpy 2
    "an instance of 'dict'": "a mapping",
    " or a callable": "",
    "None": "null",
    "an int ": "a whole number ",
    "a float ": "a number ",
}


def build_estimator(kind: Any, settings: Mapping[str, Any]) -> Any:
    """Build an estimator of settings that scikit-learn finds fit.

    Args:
        kind: Its class.
        settings: Its constructor arguments.

    Raises:
        ConfigError: If one is not; says what it may be.
    """
    estimator = kind(**settings)
    try:
        if hasattr(estimator, "_parameter_constraints"):  # rules that fit checks; some have none
            estimator._validate_params()
    except (TypeError, ValueError) as error:
        raise ConfigError(_refusal(str(error), settings)) from error
    return estimator


def _refusal(reason: str, settings: Mapping[str, Any]) -> str:
    found = REFUSED.fullmatch(reason)
    if found is None or found[1] not in settings:
        return f"model cannot be built: {reason} Correct that setting."
    value, rule = settings[found[1]], found[2]
    names = re.findall(r"'(\w+)'", " ".join(AMONG.findall(rule)))
    near = likely(value, names) if isinstance(value, str) else ""
    for theirs, ours in IN_WORDS.items():
        rule = rule.replace(theirs, ours)
    rule = OPEN.sub(_range, AMONG.sub(_among, rule))
    return f"model.{found[1]}={value!r} must be {rule}{near}; correct it."


def _among(found: re.Match[str]) -> str:
    names = sorted(found[1].split(", "))
    return f"one of {', '.join(names)}" if len(names) > 1 else names[0]


def _range(found: re.Match[str]) -> str:
    low = f"{float(found[2]):g}"
    return f"above {low}" if found[1] == "(" else f"of {low} or more"

"""Colours of the page, on paper and on a dark screen.

Blue and vermilion are of Okabe and Ito's palette and the heat scale is cividis, which
colour-blind readers tell apart; hatches, markers and words say the same without colour.

References:
    Okabe and Ito, "Color universal design", 2008. https://jfly.uni-koeln.de/color/

    Nuñez et al., "Optimizing colormaps with consideration for color vision deficiency to enable
    accurate interpretation of scientific data", PLOS ONE 13 (7), 2018 (cividis).
    https://doi.org/10.1371/journal.pone.0199239
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import matplotlib as mpl
import numpy as np

LIGHT = {
    "page": "#fdfcf9",
    "card": "#ffffff",
    "ink": "#1c1b19",
    "muted": "#5d5a54",
    "rule": "#ddd8ce",
    "blue": "#0072b2",
    "vermilion": "#c04f00",
    "pale": "#d3dfe6",
    "link": "#005b8f",
    "alarm": "#8f1d0e",
    "alarm-page": "#fcebe6",
}
DARK = {
    "page": "#15171a",
    "card": "#1c1f23",
    "ink": "#ece9e2",
    "muted": "#a8a49b",
    "rule": "#373b41",
    "blue": "#4ba3d9",
    "vermilion": "#f08a4b",
    "pale": "#34414b",
    "link": "#7cc0ea",
    "alarm": "#ffb4a2",
    "alarm-page": "#3d1d17",
}
# Okabe and Ito's palette, darker on paper and lighter on a screen so that each is seen there.
GROUPS_LIGHT = (
    "#0072b2",
    "#d55e00",
    "#009e73",
    "#a6558a",
    "#b58900",
    "#2a9fd6",
    "#3b3b3b",
    "#8c6d46",
)
GROUPS_DARK = (
    "#4ba3d9",
    "#f08a4b",
    "#2fc79a",
    "#d995bf",
    "#e8c547",
    "#8fd3f4",
    "#d8d8d8",
    "#b89b72",
)
GROUPS = len(GROUPS_LIGHT)
HEAT_STEPS = 21
EQUAL_CONTRAST = 0.179  # luminance at which black and white are read equally well (WCAG 2)


@cache
def colours(*, dark: bool = False) -> Mapping[str, str]:
    """Every colour by the name of its CSS variable."""
    steps = range(HEAT_STEPS)
    shades = {f"heat-{i}": heat(i, dark=dark) for i in steps}
    letters = {f"on-heat-{i}": on_heat(i, dark=dark) for i in steps}
    groups = {f"group-{i}": c for i, c in enumerate(GROUPS_DARK if dark else GROUPS_LIGHT)}
    return {**(DARK if dark else LIGHT), **groups, **shades, **letters}


def heat(step: int, *, dark: bool = False) -> str:
    """Colour of a step of the heat scale: cividis, its weak end fading into the page.

    Args:
        step: Between 0 and ``HEAT_STEPS - 1``.
        dark: Whether the page is dark.
    """
    share = step / (HEAT_STEPS - 1)
    shade = np.array(mpl.colormaps["cividis"](share if dark else 1 - share)[:3])
    page = np.array(mpl.colors.to_rgb((DARK if dark else LIGHT)["card"]))
    weight = min(1.0, 0.35 + share)
    red, green, blue = (weight * shade + (1 - weight) * page).tolist()
    return str(mpl.colors.to_hex((red, green, blue)))


def on_heat(step: int, *, dark: bool = False) -> str:
    """Black or white, whichever is read better on ``heat``."""
    linear = [
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - WCAG 2
        for part in mpl.colors.to_rgb(heat(step, dark=dark))
    ]
    luminance = sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return "#000000" if luminance > EQUAL_CONTRAST else "#ffffff"


def variables() -> str:
    """CSS that sets the colours; print always has those of paper."""
    dark = f"@media screen and (prefers-color-scheme: dark) {{ {_root(colours(dark=True))} }}"
    return f"{_root(colours())}\n{dark}\n"


def _root(named: Mapping[str, str]) -> str:
    return f":root {{ {' '.join(f'--{name}: {colour};' for name, colour in named.items())} }}"

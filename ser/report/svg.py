"""Drawings of matplotlib as SVG in a page: its text, its colours, readable to a screen reader.

Colours are drawn as placeholders and then become CSS variables, so that one drawing is legible
on white paper and on a dark screen; where there is no style sheet, those of paper are used.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from ser.report.markup import Markup, element
from ser.report.theme import HEAT_STEPS, colours

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH = 4.7  # inches; a telephone shows it almost without scaling
ABOVE = {"loc": "lower center", "bbox_to_anchor": (0.5, 1), "ncols": 3}  # where a legend stands
PLACEHOLDERS = {name: f"#0a0b{i:02x}" for i, name in enumerate(colours())}


def ink(name: str) -> str:
    """Colour to draw with, by the name of its CSS variable."""
    return PLACEHOLDERS[name]


def heat_map() -> ListedColormap:
    """Colour map of the heat scale."""
    return ListedColormap([ink(f"heat-{i}") for i in range(HEAT_STEPS)])


@contextmanager
def drawing(height: float, rows: int = 1, **options: Any) -> Iterator[tuple[Figure, Any]]:
    """Open a figure in the style of the page.

    Args:
        height: Height, in inches.
        rows: Number of axes, one above the other.
        options: Further arguments of ``Figure.subplots``.
    """
    style: dict[str, Any] = {
        "font.size": 10,
        "font.sans-serif": ["DejaVu Sans"],  # for its widths; the page has a font of its own
        "svg.fonttype": "none",
        "svg.hashsalt": "ser",
        "hatch.linewidth": 0.8,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "legend.frameon": False,
        "legend.fontsize": 9,
    }
    coloured = ("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color")
    whole: Any = {**style, **dict.fromkeys(coloured, ink("ink"))}
    with mpl.rc_context(whole):
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        FigureCanvasSVG(figure)
        yield figure, figure.subplots(rows, 1, **options)


def bare(axes: Axes) -> None:
    """Leave out the frame and the ticks of a diagram that needs none."""
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def inline(figure: Figure, key: str, alt: str, stamp: str) -> Markup:
    """Turn a figure into SVG for a page.

    Args:
        figure: Drawing.
        key: Word that no other drawing of the page has; its ids begin with it.
        alt: What the drawing shows, for those who do not see it.
        stamp: What is written below the drawing: run and protocol.
    """
    figure.supxlabel(stamp, fontsize=7.5, color=ink("muted"), x=0.01, ha="left")
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    opening, _, drawn = buffer.getvalue().partition("<svg")[2].partition(">")
    box = re.search(r'viewBox="[^"]*"', opening)
    label = element("title", alt, id=f"{key}-title")
    head = f'<svg {box[0] if box else ""} class="drawing" role="img" aria-labelledby="{key}-title">'
    return Markup(f"{head}{label}{_owned(_coloured(drawn), key)}")


def _coloured(drawn: str) -> str:
    paper = colours()
    for name, placeholder in PLACEHOLDERS.items():
        drawn = drawn.replace(placeholder, f"var(--{name}, {paper[name]})")
    return drawn


def _owned(drawn: str, key: str) -> str:
    """Give ids a beginning of their own: a page holds many drawings, and ids only once."""
    bare_text = re.sub(r"<metadata>.*?</metadata>\s*|<!--.*?-->\s*", "", drawn, flags=re.DOTALL)
    bare_text = re.sub(r"\d+\.\d{3,}", lambda match: f"{float(match[0]):.2f}", bare_text)
    named = re.sub(r' (id|xlink:href)="(#?)', rf' \1="\2{key}-', bare_text)
    return named.replace("xlink:href", "href").replace("url(#", f"url(#{key}-")

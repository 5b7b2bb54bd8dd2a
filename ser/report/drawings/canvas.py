"""Drawings of matplotlib in the style of the page: as SVG within it, or as a file on paper.

On the page colours are drawn as placeholders and then become CSS variables, so that one drawing
is legible on white paper and on a dark screen; where there is no style sheet, those of paper are
used. Words are never taken for formulas, whatever signs they hold.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias
from warnings import catch_warnings, filterwarnings

import matplotlib as mpl
from markupsafe import Markup
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font

from ser.report.drawings.theme import HEAT_STEPS, colours
from ser.system.letters import in_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH = 4.7  # inches; a telephone shows it almost without scaling
ABOVE = {"loc": "lower center", "bbox_to_anchor": (0.5, 1), "ncols": 3}  # where a legend stands
PLACEHOLDERS = {name: f"#0a0b{i:02x}" for i, name in enumerate(colours())}


Ink: TypeAlias = Callable[[str], str]  # colour by the name of its CSS variable


def ink(name: str) -> str:
    """Colour to draw with on the page."""
    return PLACEHOLDERS[name]


def on_paper(name: str) -> str:
    """Colour to draw with in a file."""
    return colours()[name]


def heat_map(colour: Ink = ink) -> ListedColormap:
    """Colour map of the heat scale."""
    return ListedColormap([colour(f"heat-{i}") for i in range(HEAT_STEPS)])


@contextmanager
def drawing(
    height: float, rows: int = 1, *, width: float = WIDTH, colour: Ink = ink, **options: Any
) -> Iterator[tuple[Figure, Any]]:
    """Open a figure in the style of the page.

    Args:
        height: Height, in inches.
        rows: Number of axes, one above the other.
        width: Width, in inches.
        colour: Gives the colours, of the page or of paper.
        options: Further arguments of ``Figure.subplots``.
    """
    style: dict[str, Any] = {
        "font.size": 10,
        "font.sans-serif": ["DejaVu Sans"],  # for its widths; the page has a font of its own
        "text.parse_math": False,
        "svg.fonttype": "none",
        "svg.hashsalt": "ser",
        "hatch.linewidth": 0.8,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "legend.frameon": False,
        "legend.fontsize": 9,
    }
    coloured = ("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color")
    whole: Any = {**style, **dict.fromkeys(coloured, colour("ink"))}
    with mpl.rc_context(whole), catch_warnings():
        filterwarnings("ignore", message="Glyph .* missing")  # a box stands for it
        figure = Figure(figsize=(width, height), layout="constrained")
        FigureCanvasSVG(figure)
        yield figure, figure.subplots(rows, 1, **options)


def bare(axes: Axes) -> None:
    """Leave out the frame and the ticks of a diagram that needs none."""
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def fitted(figure: Figure, words: str, size: float) -> str:
    """Break words into lines that fit the width of a figure, so that nothing is cut off.

    Args:
        figure: Figure that the words are to stand in.
        words: Words, in lines of their own where they hold line breaks; letters that nobody can
            draw, such as escapes, are spelt.
        size: Size of the font, in points.
    """
    room = figure.get_figwidth() * 72 * 0.96  # points, with a margin
    return "\n".join(_lines(line, size, room) for line in map(in_line, words.splitlines()))


def _lines(words: str, size: float, room: float) -> str:
    """Break behind a space or one of the signs that join the parts of a name."""
    lines, used = [""], 0.0
    for piece in re.findall(r"[^ /,_=.-]+[ /,_=.-]?|[ /,_=.-]", words):
        if used and used + _width(piece.rstrip(), size) > room:
            lines, used = [*lines, ""], 0.0
        for letter in piece:  # a piece alone may be wider than the figure
            if used + _width(letter, size) > room:
                lines, used = [*lines, ""], 0.0
            lines[-1] += letter
            used += _width(letter, size)
    return "\n".join(line.rstrip() for line in lines)


def _width(words: str, size: float) -> float:
    """Width of a line, in points."""
    return size * sum(map(_advance, words))


@cache
def _advance(letter: str) -> float:
    """Width of a letter in a font of one point, from one to the next."""
    font = get_font(findfont(FontProperties(family=["DejaVu Sans"])))
    if not font.get_char_index(ord(letter)):
        return 1.0  # of a box, or of a letter of Chinese in another font
    font.set_size(1000, 72)
    return float(font.load_char(ord(letter)).linearHoriAdvance) / 65536 / 1000


def inline(figure: Figure, key: str, alt: str, stamp: str) -> Markup:
    """Turn a figure into SVG for a page.

    Args:
        figure: Drawing.
        key: Word that no other drawing of the page has; its ids begin with it.
        alt: What the drawing shows, for those who do not see it.
        stamp: What is written below the drawing: run and protocol.
    """
    small = {"fontsize": 7.5, "color": ink("muted")}
    figure.supxlabel(fitted(figure, stamp, 7.5), x=0.01, ha="left", **small)
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    opening, _, drawn = buffer.getvalue().partition("<svg")[2].partition(">")
    box = re.search(r'viewBox="[^"]*"', opening)
    label = Markup('<title id="{}-title">{}</title>').format(key, alt)
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
    named = re.sub(r' (id="|xlink:href="#)', rf" \1{key}-", bare_text)
    return named.replace("xlink:href", "href").replace("url(#", f"url(#{key}-")

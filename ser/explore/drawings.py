"""Drawings of a corpus: counts, lengths and levels, spectrograms, and a map of its features."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from ser.report.drawings.canvas import bare, drawing, heat_map, ink, inline
from ser.report.drawings.theme import GROUPS, HEAT_STEPS
from ser.system.counted import counted

NUMBERED = 40  # lines of a heat map that still have numbers
LINES = 60  # lines of a heat map that are drawn
MARKERS = "osD^vPX*"  # for those who do not tell the colours apart
COLUMNS = 4  # of a legend of a few groups
SEVERAL = 32  # groups of a map that are drawn each by itself; more are not told apart


@dataclass(frozen=True)
class Spectrogram:
    """A picture of sound.

    Args:
        emotion: What it is an example of.
        title: Whose it is.
        power: Power in dB re the loudest place, ``(frequencies, frames)``.
        seconds: How long it lasts.
        highest: Frequency of its last row, in kHz.
    """

    emotion: str
    title: str
    power: NDArray[np.float32]
    seconds: float
    highest: float


def draw_counts(
    counts: NDArray[np.int64], lines: Sequence[str], columns: Sequence[str], key: str, stamp: str
) -> Markup:
    """Draw how many utterances each speaker has of each emotion.

    Args:
        counts: Utterances, ``(speakers, emotions)``.
        lines: Speakers.
        columns: Emotions.
        key: Word that no other drawing of the page has.
        stamp: What is written below the drawing.
    """
    shown, names = counts[:LINES], list(lines[:LINES])
    steps = np.rint(shown / max(shown.max(initial=1), 1) * (HEAT_STEPS - 1)).astype(int)
    height = 0.25 if len(names) <= NUMBERED else 0.14
    with drawing(1.1 + height * max(len(names), 3)) as (figure, axes):
        edges = [np.arange(n + 1) - 0.5 for n in (len(columns), len(names))]
        axes.pcolormesh(*edges, np.ma.masked_where(shown == 0, steps), **_heat())
        if len(names) <= NUMBERED:
            for (row, column), count in np.ndenumerate(shown):
                letters = ink(f"on-heat-{steps[row, column]}") if count else ink("muted")
                said: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 8}
                axes.text(column, row, str(count) if count else "·", color=letters, **said)
        axes.set_xticks(range(len(columns)), columns, rotation=40, ha="right")
        axes.set_yticks(range(len(names)), names, fontsize=8 if len(names) <= NUMBERED else 5)
        axes.set(ylabel="speaker", ylim=(len(names) - 0.5, -0.5))
        bare(axes)
        lacking = int((counts == 0).sum())
        size = f"{counted(len(lines), 'speaker')} in {counted(len(columns), 'emotion')}"
        alt = f"Utterances of {size}; {lacking} have none."
        return inline(figure, f"{key}-counts", alt, stamp)


def draw_spread(
    groups: Mapping[str, NDArray[np.float64]], what: str, key: str, stamp: str
) -> Markup:
    """Draw median, quartiles and range of a number in each of some groups.

    Args:
        groups: Numbers of each group.
        what: What they are, with their unit.
        key: Word that no other drawing of the page has.
        stamp: What is written below the drawing.
    """
    drawn = {name: values for name, values in list(groups.items())[:LINES] if len(values)}
    with drawing(0.8 + 0.27 * max(len(drawn), 3)) as (figure, axes):
        for line, values in enumerate(drawn.values()):
            low, first, middle, third, high = np.quantile(values, (0, 0.25, 0.5, 0.75, 1))
            axes.plot([low, high], [line, line], color=ink("muted"), linewidth=1)
            axes.barh(line, third - first, left=first, height=0.55, color=ink("pale"))
            axes.plot([middle, middle], [line - 0.3, line + 0.3], color=ink("blue"), linewidth=2.2)
        axes.set_yticks(range(len(drawn)), list(drawn))
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.set(xlabel=what, ylim=(len(drawn) - 0.5, -0.5))
        medians = ", ".join(f"{name} {np.median(values):.1f}" for name, values in drawn.items())
        return inline(figure, key, f"Median of {what}: {medians}.", stamp)


def draw_map(
    places: NDArray[np.float64],
    names: Sequence[str],
    axes_called: tuple[str, str],
    key: str,
    stamp: str,
) -> Markup:
    """Draw utterances where their features are, in the colour of their group.

    The largest groups have a colour and a marker that no other has both of; the rest are grey.

    Args:
        places: Where each utterance is, ``(utterances, 2)``.
        names: Group of each.
        axes_called: What the two axes are.
        key: Word that no other drawing of the page has.
        stamp: What is written below the drawing.
    """
    groups, sizes = np.unique(np.asarray(names), return_counts=True)
    largest = groups[np.argsort(-sizes, kind="stable")][:SEVERAL]
    own = [name for name in groups if name in largest]
    columns = COLUMNS if len(own) <= GROUPS else 2 * COLUMNS
    with drawing(4.5 + 0.2 * -(-(len(own) + 1) // columns)) as (figure, axes):
        size = 16 if len(names) <= 800 else 7  # noqa: PLR2004 - so that points stay apart
        look: dict[str, Any] = {"s": size, "linewidths": 0, "alpha": 0.8}
        for i, name in enumerate(own):
            at = places[np.asarray(names) == name]
            label = f" {name}"  # one that begins with _ would be left out
            colour, marker = ink(f"group-{i % GROUPS}"), MARKERS[(i + i // GROUPS) % len(MARKERS)]
            axes.scatter(*at.T, color=colour, marker=marker, label=label, **look)
        rest = np.isin(names, own, invert=True)
        if rest.any():
            axes.scatter(*places[rest].T, color=ink("muted"), label="others", zorder=0.5, **look)
        axes.set(xlabel=axes_called[0], ylabel=axes_called[1], xticks=[], yticks=[])
        figure.legend(loc="outside upper center", ncols=columns, markerscale=1.4)
        points = counted(len(names), "utterance")
        alt = f"Map of {points} by their features, in {counted(len(groups), 'group')}."
        return inline(figure, key, alt, stamp)


def draw_spectrograms(pictures: Sequence[Spectrogram], key: str, stamp: str) -> Markup:
    """Draw spectrograms, one below the other, over one axis of time.

    Args:
        pictures: The spectrograms.
        key: Word that no other drawing of the page has.
        stamp: What is written below the drawing.
    """
    count, longest = len(pictures), max(picture.seconds for picture in pictures)
    with drawing(0.6 + 1.15 * count, count, sharex=True, squeeze=False) as (figure, at):
        for axes, picture in zip(at[:, 0], pictures, strict=True):
            extent = (0.0, picture.seconds, 0.0, picture.highest)
            axes.imshow(picture.power, cmap="magma", aspect="auto", origin="lower", extent=extent)
            axes.set_title(picture.title, fontsize=8.5, loc="left", pad=3)
            axes.set(ylabel="kHz")
        at[-1, 0].set(xlabel="s", xlim=(0, longest))
        alt = f"Spectrograms: {'; '.join(picture.title for picture in pictures)}."
        return inline(figure, key, alt, stamp)


def _heat() -> dict[str, Any]:
    return {"cmap": heat_map(), "vmin": -0.5, "vmax": HEAT_STEPS - 0.5}

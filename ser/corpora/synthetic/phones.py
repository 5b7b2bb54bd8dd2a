"""Speech sounds: what source and filter do in each, and when.

References:
    Peterson and Barney, "Control methods used in a study of the vowels", JASA 24, 1952.
    https://doi.org/10.1121/1.1906875
    Browman and Goldstein, "Articulatory phonology: An overview", Phonetica 49, 1992.
    https://doi.org/10.1159/000261913
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]

TRACT_LENGTH = {"m": 17.5, "f": 14.7}  # cm, adult means
HOP = 0.008  # s, between two settings of the synthesiser
SILENT = -90.0  # dB
VOWEL_DURATION = 0.075  # s
STRESSED, REDUCED = 1.5, 0.7  # length of a stressed vowel and of a schwa against that
HIGHEST_NOISE = 7000.0  # Hz, where the band of a fricative may be centred at 16 kHz

# Mean F1, F2, F3 in Hz of men and women (Peterson and Barney); @ is the neutral tube.
VOWELS: Mapping[str, Mapping[str, tuple[float, float, float]]] = {
    "i": {"m": (270, 2290, 3010), "f": (310, 2790, 3310)},
    "I": {"m": (390, 1990, 2550), "f": (430, 2480, 3070)},
    "E": {"m": (530, 1840, 2480), "f": (610, 2330, 2990)},
    "a": {"m": (730, 1090, 2440), "f": (850, 1220, 2810)},
    "A": {"m": (640, 1190, 2390), "f": (760, 1400, 2780)},
    "O": {"m": (570, 840, 2410), "f": (590, 920, 2710)},
    "U": {"m": (440, 1020, 2240), "f": (470, 1160, 2680)},
    "u": {"m": (300, 870, 2240), "f": (370, 950, 2670)},
    "@": {"m": (500, 1500, 2500), "f": (580, 1730, 2900)},
}


class Segment(NamedTuple):
    """A stretch of sound with one setting of source and filter.

    Args:
        duration: In seconds.
        voicing: Level of the glottal source, in dB.
        noise: Level of the noise made at the constriction, in dB.
        centre: Middle of that noise's band in a male tract, in Hz.
        width: Width of that band, in Hz.
        formants: F1, F2 and F3 in a male tract, in Hz; None takes them from the neighbours.
    """

    duration: float
    voicing: float = SILENT
    noise: float = SILENT
    centre: float = 3000.0
    width: float = 3000.0
    formants: tuple[float, float, float] | None = None


CONSONANTS: Mapping[str, tuple[Segment, ...]] = {
    "m": (Segment(0.065, -9, formants=(270, 1000, 2200)),),
    "n": (Segment(0.06, -9, formants=(270, 1500, 2500)),),
    "N": (Segment(0.07, -10, formants=(280, 1900, 2600)),),
    "l": (Segment(0.055, -6, formants=(360, 1300, 2700)),),
    "r": (Segment(0.05, -7, -34, 1500, 1500, (480, 1200, 2400)),),
    "j": (Segment(0.055, -6, formants=(290, 2150, 2900)),),
    "v": (Segment(0.055, -10, -30, 4500, 5000, (300, 1100, 2300)),),
    "z": (Segment(0.07, -14, -19, 5800, 2200, (300, 1600, 2500)),),
    "f": (Segment(0.085, noise=-25, centre=4500, width=5000),),
    "s": (Segment(0.095, noise=-14, centre=5800, width=2200),),
    "S": (Segment(0.095, noise=-12, centre=3200, width=1800),),
    "C": (Segment(0.08, noise=-19, centre=3800, width=1800),),
    "x": (Segment(0.08, noise=-20, centre=1600, width=1200),),
    "h": (Segment(0.05, noise=-26, centre=1800, width=2500),),
    "p": (Segment(0.06), Segment(0.02, noise=-20, centre=1000, width=1500)),
    "t": (Segment(0.05), Segment(0.025, noise=-14, centre=4500, width=3000)),
    "k": (Segment(0.055), Segment(0.03, noise=-15, centre=2000, width=1200)),
    "b": (Segment(0.05, -22), Segment(0.01, -12, -24, 1000, 1500)),
    "d": (Segment(0.045, -22), Segment(0.012, -12, -20, 4000, 3000)),
    "g": (Segment(0.045, -22), Segment(0.016, -12, -20, 2000, 1200)),
}
PHONES = "".join([*VOWELS, *CONSONANTS])


class Score(NamedTuple):
    """Gestural score: the targets of source and filter, one value a frame of ``HOP``.

    Args:
        times: Of the frames, in seconds, ``(frames,)``.
        voicing: Amplitude of the glottal source, ``(frames,)``.
        noise: Amplitude of the noise made at the constriction, ``(frames,)``.
        centre: Middle of that noise's band, in Hz, ``(frames,)``.
        width: Width of that band, in Hz, ``(frames,)``.
        formants: F1 to F3 of the sex's mean tract, in Hz, ``(frames, 3)``.
        accents: Middles of the accented vowels, in seconds, ``(accents,)``.
    """

    times: Array
    voicing: Array
    noise: Array
    centre: Array
    width: Array
    formants: Array
    accents: Array


def segments(phones: str, sex: str) -> tuple[list[Segment], list[int]]:
    """Turn a transcription into segments, and say which of them carry an accent.

    Args:
        phones: One letter a phone, ``'`` before a stressed vowel, spaces between words.
        sex: ``"f"`` or ``"m"``: whose mean formants the sounds take.

    Raises:
        ValueError: If a letter is no phone that is known here.
    """
    made: list[Segment] = []
    accents: list[int] = []
    for before, phone in zip(" " + phones, phones, strict=False):
        if phone in VOWELS:
            if before == "'":
                accents.append(len(made))
            length = STRESSED if before == "'" else REDUCED if phone == "@" else 1.0
            made.append(Segment(VOWEL_DURATION * length, 0.0, formants=VOWELS[phone][sex]))
        elif phone in CONSONANTS:
            made.extend(_rescaled(segment, sex) for segment in CONSONANTS[phone])
        elif phone not in " '":
            raise ValueError(f"no phone {phone!r} (in {phones!r}); known: {PHONES}")
    return made, accents


def gestural_score(phones: str, sex: str, rate: float, rng: np.random.Generator) -> Score:
    """Time a transcription and glide from target to target.

    Args:
        phones: Transcription, see ``segments``.
        sex: ``"f"`` or ``"m"``.
        rate: Speaking rate as a factor on the mean rate.
        rng: Draws the length of each segment and of the silence around them.

    Raises:
        ValueError: If a letter is no phone that is known here.
    """
    spoken, accented = segments(phones, sex)
    lead, tail = rng.uniform(0.05, 0.12, 2)
    lengths = np.array([s.duration for s in spoken]) * rng.normal(1, 0.08, len(spoken)) / rate
    ends = lead + np.cumsum(lengths)
    middles = ends - lengths / 2
    times = np.arange(int((ends[-1] + tail) / HOP)) * HOP

    active = np.searchsorted([lead, *ends], times)
    rows = np.array([s[1:5] for s in (Segment(lead), *spoken, Segment(tail))], dtype=float)
    voicing, noise, centre, width = rows[active].T
    anchors = [i for i, segment in enumerate(spoken) if segment.formants]
    targets = np.array([spoken[i].formants for i in anchors], dtype=float)  # (anchors, 3)
    formants = [np.interp(times, middles[anchors], target) for target in targets.T]
    return Score(
        times,
        _smooth(decibels(voicing)),
        _smooth(decibels(noise)),
        centre,
        width,
        np.stack(formants, axis=1),
        middles[accented],
    )


def decibels(level: Array | float) -> Array:
    """Return the amplitude of a level in dB."""
    return np.asarray(10 ** (np.asarray(level) / 20))


def _rescaled(segment: Segment, sex: str) -> Segment:
    """Move a male consonant to another tract."""
    scale = TRACT_LENGTH["m"] / TRACT_LENGTH[sex]
    centre = min(segment.centre * scale, HIGHEST_NOISE)
    if segment.formants is None:
        return segment._replace(centre=centre)
    f1, f2, f3 = segment.formants
    return segment._replace(centre=centre, formants=(f1 * scale, f2 * scale, f3 * scale))


def _smooth(track: Array) -> Array:
    """Average over three frames: no articulator jumps."""
    return np.convolve(np.pad(track, 1, mode="edge"), (0.25, 0.5, 0.25), mode="valid")

"""Who speaks and how it is said: voices, and what an emotion does to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass

import numpy as np

from ser.corpora.synthetic.phones import TRACT_LENGTH, Array

BASE_F0 = {"m": 115.0, "f": 200.0}  # Hz, typical of adults
TREMOR_RATE, WANDER_RATE = 6.0, 1.3  # Hz
ACCENT_WIDTH = 0.09  # s, standard deviation of a pitch accent
DECLINATION = -2.5  # semitones from the first to the last sound of neutral speech
F0_LIMITS = (55.0, 600.0)  # Hz


@dataclass(frozen=True)
class Voice:
    """What stays the same about a speaker.

    Args:
        sex: ``"f"`` or ``"m"``.
        f0: Mean fundamental frequency of neutral speech, in Hz.
        f0_range: Height of a pitch accent in neutral speech, in semitones.
        tract_length: From glottis to lips, in cm; all formants go with its inverse.
        formants: Factors on F1, F2 and F3 beyond what the tract length explains.
        tempo: Speaking rate as a factor on the mean rate.
        tilt: Slope added to the glottal spectrum above 500 Hz, in dB per octave.
        open_quotient: Share of the glottal cycle during which the folds are apart.
        breathiness: Level of aspiration noise against voicing, in dB.
        jitter: Standard deviation of the period from cycle to cycle, in per cent.
        shimmer: Standard deviation of the amplitude from cycle to cycle, in per cent.
    """

    sex: str
    f0: float
    f0_range: float
    tract_length: float
    formants: tuple[float, float, float]
    tempo: float
    tilt: float
    open_quotient: float
    breathiness: float
    jitter: float
    shimmer: float

    @classmethod
    def draw(cls, sex: str, rng: np.random.Generator) -> Voice:
        """Draw a speaker of a sex."""
        first, second, third = rng.normal(1, 0.03, 3)
        return cls(
            sex=sex,
            f0=BASE_F0[sex] * 2 ** (rng.normal(0, 1.8) / 12),
            f0_range=rng.uniform(2.5, 4.5),
            tract_length=TRACT_LENGTH[sex] * rng.normal(1, 0.035),
            formants=(first, second, third),
            tempo=rng.normal(1, 0.07),
            tilt=rng.normal(-2, 0.8),
            open_quotient=rng.normal(0.6 if sex == "f" else 0.54, 0.03),
            breathiness=rng.normal(-26 if sex == "f" else -29, 2),
            jitter=rng.uniform(0.4, 1),
            shimmer=rng.uniform(2, 5),
        )


@dataclass(frozen=True)
class Expression:
    """How an utterance departs from neutral speech; zero everywhere is neutral.

    Args:
        f0: Mean fundamental frequency, in semitones.
        f0_range: Height of the pitch accents, in per cent.
        declination: Drift of F0 from the first to the last sound, in semitones.
        tempo: Speaking rate, in per cent.
        intensity: Level, in dB.
        tilt: Slope of the spectrum above 500 Hz, in dB per octave; positive is brighter.
        breathiness: Aspiration noise, in dB.
        open_quotient: Share of the glottal cycle; negative is a tenser voice.
        jitter: In per cent.
        shimmer: In per cent.
        creak: Alternation of strong and weak glottal cycles, from 0 to 1.
        tremor: Amplitude of a slow oscillation of F0, in semitones.
        spreading: Shift of F1 and F2, in per cent; lips spread when positive.
        precision: Size of the vowel space, in per cent.
    """

    f0: float = 0.0
    f0_range: float = 0.0
    declination: float = 0.0
    tempo: float = 0.0
    intensity: float = 0.0
    tilt: float = 0.0
    breathiness: float = 0.0
    open_quotient: float = 0.0
    jitter: float = 0.0
    shimmer: float = 0.0
    creak: float = 0.0
    tremor: float = 0.0
    spreading: float = 0.0
    precision: float = 0.0

    def plus(self, other: Expression, weight: float = 1.0) -> Expression:
        """Return the sum of this and ``weight`` times another."""
        pairs = zip(astuple(self), astuple(other), strict=True)
        return Expression(*(a + weight * b for a, b in pairs))

    def draw(self, rng: np.random.Generator) -> Expression:
        """Draw a departure of which this holds the standard deviations."""
        return Expression(*(rng.normal(0, sd) for sd in astuple(self)))


EXPRESSIONS: Mapping[str, Expression] = {
    "anger": Expression(
        f0=6, f0_range=70, declination=-1.5, tempo=12, intensity=6, tilt=3, breathiness=-4,
        open_quotient=-0.1, jitter=0.5, shimmer=3, creak=0.1, spreading=-1, precision=14,
    ),
    "boredom": Expression(
        f0=-2, f0_range=-50, declination=-0.5, tempo=-17, intensity=-2, tilt=-0.5,
        breathiness=2, open_quotient=0.02, creak=0.25, spreading=-3, precision=-15,
    ),
    "disgust": Expression(
        f0=-0.5, f0_range=10, declination=-1.5, tempo=-14, intensity=-0.5, tilt=0.6,
        breathiness=3, jitter=0.8, shimmer=4, creak=0.4, spreading=-7, precision=5,
    ),
    "fear": Expression(
        f0=7.5, f0_range=-5, declination=1.5, tempo=16, intensity=0.5, tilt=0.4, breathiness=4,
        open_quotient=0.04, jitter=0.9, shimmer=3, tremor=0.6, precision=-5,
    ),
    "happiness": Expression(
        f0=5.5, f0_range=90, declination=0.5, tempo=8, intensity=3, tilt=0.9, breathiness=-1,
        open_quotient=-0.03, spreading=8, precision=4,
    ),
    "neutral": Expression(),
    "sadness": Expression(
        f0=-1.5, f0_range=-45, declination=0.5, tempo=-24, intensity=-5.5, tilt=-2.4, breathiness=8,
        open_quotient=0.08, jitter=0.4, shimmer=2, tremor=0.25, spreading=-1, precision=-20,
    ),
}  # fmt: skip
"""What each emotion does to a voice.

The directions are those that the literature reports: anger, fear and happiness raise F0 and
tempo; anger and happiness also widen the range and add level and high-frequency energy;
sadness and boredom lower, narrow, slow and weaken; fear trembles; a smile raises the formants;
sadness is breathy. Disgust, on which reports differ, is slow, rough and low in its formants
here. The sizes are chosen so that the embedded corpus is about as hard as acted speech.

References:
    Burkhardt and Sendlmeier, "Verification of acoustical correlates of emotional speech using
    formant-synthesis", ISCA Workshop on Speech and Emotion, 2000.
    Scherer, "Vocal communication of emotion: A review of research paradigms", Speech
    Communication 40, 2003. https://doi.org/10.1016/S0167-6393(02)00084-5
    Banse and Scherer, "Acoustic profiles in vocal emotion expression", Journal of Personality
    and Social Psychology 70, 1996 (disgust).
"""

VARIATION = Expression(
    f0=1.2, f0_range=25, declination=1, tempo=6, intensity=1.5, tilt=0.7, breathiness=2,
    open_quotient=0.02, jitter=0.2, shimmer=1, creak=0.08, tremor=0.1, spreading=2.5, precision=7,
)  # fmt: skip
"""Standard deviations of what differs beside the emotion, from speaker to speaker."""


def perform(emotion: str, style: np.random.Generator, moment: np.random.Generator) -> Expression:
    """Draw how a speaker expresses an emotion in one utterance.

    Args:
        emotion: One of ``EXPRESSIONS``.
        style: Generator of the speaker and the emotion: the same habit every time.
        moment: Generator of the utterance: how strongly, and what chance adds.
    """
    habit = VARIATION.draw(style)
    strength = float(np.clip(moment.normal(1, 0.18), 0.4, 1.5))
    felt = Expression().plus(EXPRESSIONS[emotion], strength)
    return felt.plus(habit).plus(VARIATION.draw(moment), 0.4)


def intonation(
    times: Array, accents: Array, voice: Voice, expression: Expression, rng: np.random.Generator
) -> Array:
    """Draw the F0 contour: declination, pitch accents, tremor and a slow wander.

    Args:
        times: Where to evaluate it, in seconds.
        accents: Middles of the accented vowels, in seconds.
        voice: Speaker.
        expression: How it is said.
        rng: Draws the size of each accent, the tremor's phase and the wander.

    Returns:
        F0 in Hz at each time.
    """
    progress = times / times[-1]
    height = voice.f0_range * max(1 + expression.f0_range / 100, 0.1)
    heights = height * rng.uniform(0.7, 1.3, len(accents))
    bumps = np.exp(-0.5 * ((times[:, None] - accents) / ACCENT_WIDTH) ** 2) @ heights
    drift = (DECLINATION + expression.declination) * (progress - 0.5)
    phases = rng.uniform(0, 2 * np.pi, 2)
    tremor = max(expression.tremor, 0) * np.sin(2 * np.pi * TREMOR_RATE * times + phases[0])
    wander = 0.08 * height * np.sin(2 * np.pi * WANDER_RATE * times + phases[1])
    semitones = expression.f0 + bumps - 0.3 * height + drift + tremor + wander
    return np.asarray(np.clip(voice.f0 * 2 ** (semitones / 12), *F0_LIMITS))

"""A small source-filter synthesiser of speech-like sound.

Glottal pulses and noise are the source, the formants of the vocal tract the filter. The filter
changes every few milliseconds: windowed frames of the source are multiplied by the transfer
function of their moment and overlap-added, so that one filter fades into the next.

References:
    Klatt, "Software for a cascade/parallel formant synthesizer", JASA 67, 1980.
    https://doi.org/10.1121/1.383940
    Klatt and Klatt, "Analysis, synthesis, and perception of voice quality variations among
    female and male talkers", JASA 87, 1990. https://doi.org/10.1121/1.398894
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ser.corpora.synthetic.phones import HOP, TRACT_LENGTH, Array, Score, decibels, gestural_score
from ser.corpora.synthetic.prosody import Expression, Voice, intonation

Spectra = NDArray[np.complexfloating[Any, Any]]

N_FFT = 1024  # holds a frame of two hops and the ringing of its formants at 16 kHz
SPEED_OF_SOUND = 35000.0  # cm/s, in warm moist air
BANDWIDTHS = np.array([70.0, 95.0, 140.0, 220.0, 280.0])  # Hz, of F1 to F5
TILT_CORNER = 500.0  # Hz, above which spectral tilt acts
NOISE_GAIN = 3.0  # noise at 0 dB against voiced sound at 0 dB
LEVEL = -29.0  # dBFS, root mean square of neutral speech
MAX_PEAK = 0.97  # of full scale


def synthesise(
    phones: str,
    voice: Voice,
    expression: Expression,
    rng: np.random.Generator,
    sample_rate: int = 16000,
) -> Array:
    """Speak a transcription.

    Args:
        phones: Transcription, see ``ser.corpora.synthetic.phones.segments``.
        voice: Who speaks.
        expression: How it is said.
        rng: Draws everything that two takes differ in.
        sample_rate: In Hz; the synthesiser is made for 16000.

    Returns:
        Waveform between -1 and 1, ``(time,)``.

    Raises:
        ValueError: If a letter is no phone that is known here.
    """
    rate = max(voice.tempo * (1 + expression.tempo / 100), 0.4)
    score = gestural_score(phones, voice.sex, rate, rng)
    tilt = spectral_tilt(voice.tilt + expression.tilt, sample_rate)
    source = _voiced_source(score, voice, expression, sample_rate, rng)
    formants = articulate(resonances(score.formants, voice), expression, sample_rate)
    voiced = overlap_add(source, vocal_tract(formants, sample_rate) * decibels(tilt))
    noise = _noise(score, tilt, sample_rate, rng)
    return _record(voiced / voiced.std() + NOISE_GAIN * noise, expression.intensity, rng)


def _voiced_source(
    score: Score, voice: Voice, expression: Expression, sample_rate: int, rng: np.random.Generator
) -> Array:
    """Pulses and aspiration where the folds sound."""
    contour = intonation(score.times, score.accents, voice, expression, rng)
    f0 = _to_samples(contour, sample_rate)
    pulses, aspiration = glottis(f0, voice, expression, sample_rate, rng)
    return _to_samples(score.voicing, sample_rate) * (pulses + aspiration)


def _noise(score: Score, tilt: Array, sample_rate: int, rng: np.random.Generator) -> Array:
    """Fricatives and bursts: a band of noise; effort tilts it half as much as the voice."""
    frequency = np.fft.rfftfreq(N_FFT, 1 / sample_rate)
    away = (frequency - score.centre[:, None]) / (score.width[:, None] / 2)
    amplitude = _to_samples(score.noise, sample_rate)
    hiss = rng.normal(size=len(amplitude)) * amplitude
    return overlap_add(hiss, np.exp(-0.5 * away**2) * decibels(tilt / 2))


def _to_samples(track: Array, sample_rate: int) -> Array:
    hop = round(HOP * sample_rate)
    return np.interp(np.arange(len(track) * hop), np.arange(len(track)) * hop, track)


def resonances(formants: Array, voice: Voice) -> Array:
    """Fit the formants of the sex's mean tract to a speaker, and add the higher ones.

    Args:
        formants: F1 to F3, in Hz, ``(frames, 3)``.
        voice: Speaker.

    Returns:
        F1 to F5, in Hz, ``(frames, 5)``.
    """
    mean_length = TRACT_LENGTH[voice.sex]
    first = SPEED_OF_SOUND / (4 * mean_length)  # lowest resonance of a tube closed at one end
    high = np.broadcast_to([7 * first, 9 * first], (len(formants), 2))
    own = np.array([*voice.formants, 1, 1]) * mean_length / voice.tract_length
    return np.asarray(np.hstack([formants, high]) * own)


def articulate(formants: Array, expression: Expression, sample_rate: int) -> Array:
    """Reduce or enlarge the vowel space, and spread the lips.

    Args:
        formants: F1 to F5, in Hz, ``(frames, 5)``.
        expression: Its ``precision`` and ``spreading`` act here.
        sample_rate: In Hz; formants stay under its half.
    """
    reach = np.array([1, 1, 0.5, 0, 0]) * expression.precision / 100
    centre = formants.mean(axis=0)
    moved = centre + (formants - centre) * np.maximum(1 + reach, 0.3)
    moved *= 1 + np.array([1, 1, 0.5, 0.3, 0.3]) * expression.spreading / 100
    floor = np.array([200, 550, 1300, 2200, 3000])  # Hz, below which no adult tract goes
    return np.asarray(np.clip(moved, floor, 0.47 * sample_rate))


def glottis(
    f0: Array, voice: Voice, expression: Expression, sample_rate: int, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Make the glottal source from KLGLOTT88 pulses.

    The flow is sampled and then differenced (radiation at the lips), which aliases less than
    sampling its derivative, whose jump at closure has no band limit.

    Args:
        f0: Fundamental frequency at each sample, in Hz, ``(time,)``.
        voice: Speaker.
        expression: How it is said.
        sample_rate: In Hz.
        rng: Draws jitter, shimmer and aspiration noise.

    Returns:
        Flow derivative at unit level, and aspiration noise at its level, each ``(time,)``.
    """
    cycle = np.cumsum(f0 / sample_rate).astype(int)
    count = cycle[-1] + 2
    creak = float(np.clip(expression.creak, 0, 1)) * (np.arange(count) % 2 - 0.5)
    jitter = max(voice.jitter + expression.jitter, 0.1) / 100 * rng.normal(size=count)
    shimmer = max(voice.shimmer + expression.shimmer, 0.5) / 100 * rng.normal(size=count)
    phase = np.cumsum(f0 * (1 + jitter + 0.15 * creak)[cycle] / sample_rate)
    gain = (1 + shimmer + creak)[np.minimum(phase.astype(int), count - 1)]
    opening = float(np.clip(voice.open_quotient + expression.open_quotient, 0.3, 0.9))
    x = np.minimum(phase % 1 / opening, 1)
    flow = gain * x**2 * (1 - x)
    pulses = np.diff(flow, prepend=flow[0])
    noise = rng.normal(size=len(f0)) * (0.4 + 4 * x**2 * (1 - x))  # turbulence follows the flow
    level = np.clip(voice.breathiness + expression.breathiness, -50, -8)
    return pulses / pulses.std(), noise * decibels(level)


def spectral_tilt(slope: float, sample_rate: int) -> Array:
    """Level of each bin of a spectrum that is flat up to ``TILT_CORNER``.

    Args:
        slope: In dB per octave.
        sample_rate: In Hz.

    Returns:
        In dB, ``(N_FFT // 2 + 1,)``.
    """
    frequency = np.fft.rfftfreq(N_FFT, 1 / sample_rate)
    return np.asarray(slope * np.log2(np.maximum(frequency / TILT_CORNER, 1)))


def vocal_tract(formants: Array, sample_rate: int) -> Spectra:
    """Transfer function of resonators in cascade, each with unit gain at 0 Hz.

    Args:
        formants: In Hz, ``(frames, 5)``.
        sample_rate: In Hz.

    Returns:
        ``(frames, N_FFT // 2 + 1)``.
    """
    radius = np.exp(-np.pi * BANDWIDTHS / sample_rate)
    linear = -2 * radius * np.cos(2 * np.pi * formants / sample_rate)  # (frames, 5)
    poles = np.ones((len(formants), 1))
    for b, c in zip(linear.T, radius**2, strict=True):
        grown = np.pad(poles, ((0, 0), (0, 2)))
        grown[:, 1:-1] += b[:, None] * poles
        grown[:, 2:] += c * poles
        poles = grown
    return np.asarray(poles.sum(axis=1, keepdims=True) / np.fft.rfft(poles, N_FFT, axis=1))


def overlap_add(source: Array, transfer: Spectra | Array) -> Array:
    """Filter a source by a transfer function that changes from frame to frame.

    Args:
        source: ``(time,)``, a whole number of hops long.
        transfer: ``(frames, N_FFT // 2 + 1)``; frame ``i`` is centred on the start of hop ``i``.

    Returns:
        Filtered source, ``(time,)``.
    """
    hop = len(source) // len(transfer)
    padded = np.pad(source, (hop, hop))
    frames = np.lib.stride_tricks.sliding_window_view(padded, 2 * hop)[::hop][: len(transfer)]
    taper = 0.5 - 0.5 * np.cos(np.pi * np.arange(2 * hop) / hop)  # sums to 1 at half overlap
    filtered = np.fft.irfft(np.fft.rfft(frames * taper, N_FFT, axis=1) * transfer, N_FFT, axis=1)
    blocks = N_FFT // hop
    total = np.zeros((len(transfer) + blocks, hop))
    for block in range(blocks):
        total[block : block + len(filtered)] += filtered[:, block * hop : (block + 1) * hop]
    return total.ravel()[hop : hop + len(source)]


def _record(speech: Array, intensity: float, rng: np.random.Generator) -> Array:
    """Set the level, let the speaker's distance vary, add the room's noise."""
    gain = LEVEL + intensity + rng.normal(0, 1.5)
    recorded = speech / speech.std() * decibels(gain)
    recorded = recorded + rng.normal(size=len(speech)) * decibels(rng.uniform(-68, -60))
    return np.asarray(recorded * min(1.0, MAX_PEAK / np.abs(recorded).max()))

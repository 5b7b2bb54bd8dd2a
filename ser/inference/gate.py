"""The gate of a predictor: what people hold as audio becomes one float waveform, or an error."""

from __future__ import annotations

from numbers import Real
from pathlib import PurePath
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ser.errors import AudioError
from ser.features.audio import LOUDEST, is_still, to_mono, width_of
from ser.features.decoding import RATES

CHANNELS = 16  # more are no channels, but frames, or utterances of a batch
SIGNED, UNSIGNED = (1, 2, 4), (1, 2)  # bytes of the integers that audio is kept in
LONGEST = 60  # characters of a value that an error shows
BLANK = 2.0**-15  # re full scale: 32 bits that stay below it were meant for 16


def admit(waveform: Any, sample_rate: Any) -> tuple[Tensor, int]:
    """Check samples and rate, and bring them to one form.

    Args:
        waveform: Samples as an array, a tensor on any device, or a list: floats in ``[-1, 1]``, or
            integers of 8, 16 or 32 bits, which are scaled by their range.
        sample_rate: Rate of ``waveform``, in Hz.

    Shape:
        - waveform: ``(time,)``, ``(channels, time)`` or ``(time, channels)``; of the last two the
          shorter side are the channels
        - output: ``(channels, time)``, float32

    Raises:
        AudioError: If it is no audio, is empty, silent or not finite, or does not say of itself
            how it is to be read.
    """
    _refuse_swapped(waveform, sample_rate)
    rate = _rate(sample_rate)
    channels = _channels(_scaled(_numbers(waveform)))
    refuse_values(channels)
    return torch.from_numpy(channels), rate


def mix(channels: Tensor) -> Tensor:
    """Mix channels down.

    Shape:
        - channels: ``(channels, time)``
        - output: ``(time,)``

    Raises:
        AudioError: If nothing is heard in any channel, or nothing is left of them.
    """
    mono = to_mono(channels, 1, 1)
    if is_still(channels):
        raise AudioError(
            "the waveform never moves (digital silence, or a constant offset); record or export it "
            "again."
        )
    if is_still(mono):
        raise AudioError(
            f"the {len(channels)} channels of the waveform cancel each other out; pass one of them."
        )
    return mono


def _refuse_swapped(waveform: Any, sample_rate: Any) -> None:
    number = isinstance(waveform, Real) or getattr(waveform, "ndim", None) == 0
    row = isinstance(sample_rate, list | tuple) or getattr(sample_rate, "ndim", 0) > 0
    if number and row:
        raise AudioError(
            "waveform and rate are swapped; call predictor(waveform, sample_rate). "
            "scipy.io.wavfile.read returns them in the other order."
        )


def _rate(sample_rate: Any) -> int:
    low, high = RATES[0], RATES[-1]
    found = np.asarray(_outside_torch(sample_rate))
    number = found.ndim == 0 and found.dtype.kind in "iuf"
    if number and low <= found <= high and found == np.round(found):
        return int(found)
    hint = " (is it in kHz?)" if number and 0 < found < low else ""
    raise AudioError(
        f"sample_rate={_shown(sample_rate)} must be a whole number of Hz from {low} to {high}"
        f"{hint}; pass the rate that the samples were read with."
    )


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) < LONGEST else f"a {type(value).__name__}"


def _outside_torch(value: Any) -> Any:
    """Move a tensor to NumPy; all else stays as it is."""
    if not isinstance(value, Tensor):
        return value
    found = value.detach().cpu().resolve_conj().resolve_neg()
    return (found.float() if found.is_floating_point() else found).numpy()


def _numbers(waveform: Any) -> NDArray[Any]:
    _refuse_no_samples(waveform)
    try:
        found = np.asarray(_outside_torch(waveform))
    except Exception as error:  # lists of unequal lengths, and tensors that hold no plain numbers
        raise AudioError(
            f"the waveform, a {type(waveform).__name__}, cannot be made an array of numbers "
            f"({error}); pass a NumPy array or a tensor."
        ) from error
    if found.dtype.kind not in "iuf":
        raise AudioError(
            f"the waveform holds values of type {found.dtype}, and a waveform is made of floats or "
            "integers; pass the samples as soundfile.read returns them."
        )
    return found


def _refuse_no_samples(waveform: Any) -> None:
    """Refuse what NumPy would make numbers of that are no samples."""
    if isinstance(waveform, str | PurePath):
        raise AudioError(
            f"{_shown(str(waveform))} is a name, not samples; read the file with "
            "soundfile.read first, or use ser.predict."
        )
    if isinstance(waveform, bytes | bytearray):
        raise AudioError(
            "the waveform is raw bytes, which do not say what numbers they hold; pass "
            "numpy.frombuffer(waveform, numpy.int16) if they are samples of 16 bits."
        )
    if isinstance(waveform, np.ma.MaskedArray) and np.ma.is_masked(waveform):
        raise AudioError(
            "some samples of the waveform are masked; cut them out, or fill them with 0 "
            "(waveform.filled(0))."
        )


def _scaled(samples: NDArray[Any]) -> NDArray[np.float32]:
    """Floats as they are, integers by the range of their type."""
    kind, size = samples.dtype.kind, samples.dtype.itemsize
    if kind == "f":
        with np.errstate(over="ignore", under="ignore"):  # what became infinite is refused later
            return np.array(samples, dtype=np.float32)
    if size not in (SIGNED if kind == "i" else UNSIGNED):
        raise AudioError(
            f"the waveform holds values of type {samples.dtype}, whose full scale is not known; "
            "pass floats in [-1, 1], or int16."
        )
    full = 2.0 ** (8 * size - 1)
    scaled = (samples.astype(np.float64) - (full if kind == "u" else 0.0)) / full
    if size == max(SIGNED) and scaled.size and 0 < np.abs(scaled).max() <= BLANK:
        raise AudioError(
            f"the waveform holds {samples.dtype} that would fit into 16 bits, which makes it "
            "almost silent; pass int16, or floats in [-1, 1]."
        )
    return scaled.astype(np.float32)


def _channels(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Put channels first."""
    if samples.size == 0:
        raise AudioError(
            f"the waveform of shape {samples.shape} is empty; record or export it again."
        )
    if samples.ndim == 1:
        return samples[None]
    few, many = min(samples.shape, default=0), max(samples.shape, default=0)
    either = 1 < few <= many <= CHANNELS  # which side the channels are, nobody can say
    if samples.ndim != 2 or few > CHANNELS or either:  # noqa: PLR2004 - (channels, time)
        raise AudioError(
            f"a waveform of shape {samples.shape} is neither (time,), (channels, time) nor "
            f"(time, channels) with {CHANNELS} channels at most; pass one utterance at a time."
        )
    return np.ascontiguousarray(samples if samples.shape[0] == few else samples.T)


def refuse_values(channels: NDArray[np.float32]) -> None:
    """Refuse samples that are not finite, or far beyond full scale.

    Raises:
        AudioError: If there are such.
    """
    if not np.isfinite(channels).all():
        wrong = int((~np.isfinite(channels)).sum())
        raise AudioError(
            f"the waveform holds values that are not finite, {wrong} in all; record or export it "
            "again."
        )
    peak = float(np.abs(channels).max())
    if peak > LOUDEST:
        bits = width_of(peak)
        like = (
            f"numbers of {bits} bits in floats; divide them by {2 ** (bits - 1)}"
            if bits
            else "no audio; scale them"
        )
        raise AudioError(
            f"the waveform goes up to {peak:.6g}, and floats are expected in [-1, 1]. These look "
            f"like {like}."
        )

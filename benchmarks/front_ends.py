"""Features of a whole corpus, from files to the store, beside librosa and openSMILE."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import nullcontext
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import librosa
import numpy as np
import torch
from threadpoolctl import threadpool_limits

from benchmarks.corpora import utterances
from benchmarks.rounds import in_turns
from benchmarks.row import Row, compared
from ser.corpora.corpus import Utterance
from ser.features import MFCC, FrontEnd, Functionals, LogMel, UtteranceStatistics
from ser.features.audio import load_utterance
from ser.features.spectra import power_of, spectrum
from ser.features.store import content_hashes, extract

RATE = 16_000
FRAMES = {"n_fft": 1024, "hop_length": 256}
PLAIN = {"bandwidth": 1.0, "trim": None, "level": None}
OFFSET, DURATION, STATISTICS_RATE = 0.6, 2.5, 22_050


def librosa_logmel(path: str) -> np.ndarray:
    """Log-mel of 128 bands, as ``LogMel(n_mels=128, **PLAIN)`` computes it."""
    samples, _ = librosa.load(path, sr=RATE)
    mel = librosa.feature.melspectrogram(
        y=samples, sr=RATE, n_mels=128, pad_mode="constant", **FRAMES
    )
    return librosa.power_to_db(mel)


def librosa_mfcc(path: str) -> np.ndarray:
    """The 40 coefficients of that."""
    return librosa.feature.mfcc(S=librosa_logmel(path), n_mfcc=40)


def librosa_statistics(path: str) -> np.ndarray:
    """The 155 published means, as ``UtteranceStatistics.emodb()`` computes them."""
    samples, rate = librosa.load(path, sr=STATISTICS_RATE)
    start = min(round(OFFSET * rate), max(len(samples) - 2048, 0))
    samples = samples[start : start + round(DURATION * rate)]
    stft = np.abs(librosa.stft(samples, pad_mode="constant"))
    found = (
        librosa.feature.zero_crossing_rate(samples),
        librosa.feature.chroma_stft(S=stft, sr=rate),
        librosa.feature.mfcc(y=samples, sr=rate, n_mfcc=13, pad_mode="constant"),
        librosa.feature.rms(y=samples),
        librosa.feature.melspectrogram(y=samples, sr=rate, pad_mode="constant"),
    )
    return np.concatenate([part.mean(1) for part in found])


FRONT_ENDS: dict[str, tuple[Callable[[], FrontEnd], Callable[[str], Any], str]] = {
    "log-mel 128": (partial(LogMel, n_mels=128, **PLAIN), librosa_logmel, ">= 4"),
    "MFCC 40": (
        partial(MFCC, RATE, window=0.064, hop=0.016, duration=None, pad=False),
        librosa_mfcc,
        ">= 4",
    ),
    "155 statistics": (UtteranceStatistics.emodb, librosa_statistics, ">= 8"),
}

SMILE: dict[str, tuple[Callable[[], FrontEnd], str, str, str]] = {
    "155 statistics": (UtteranceStatistics.emodb, "the 88 numbers of eGeMAPS", "eGeMAPSv02", ""),
    "5430 functionals": (Functionals, "the 6373 of ComParE", "ComParE_2016", ">= 5"),
}


def rows(threads: int, rounds: int, quick: bool = False) -> list[Row]:
    """Lines of this part."""
    name, items = utterances(20 if quick else None)
    scale, unit = 1000 / len(items), "ms an utterance"
    found = []
    with _pool(threads) as pool:
        for what, (make, peer, goal) in FRONT_ENDS.items():
            ways = {
                "ser": partial(build, items, make()),
                "librosa": partial(each, peer, items, pool),
                "floor": partial(transforms, decoded(items, make()), make()),
            }
            times = in_turns(ways, rounds)
            title = f"{what}, {len(items)} files of {name}, decoded"
            found.append(
                compared(title, threads, times, "librosa", scale=scale, unit=unit, goal=goal)
            )
            floor = f"{what}: Fourier transform and filter bank alone, waveforms in memory"
            found.append(compared(floor, threads, times, "ser", "floor", scale=scale, unit=unit))
    return [*found, *_smile(items, threads, rounds), *lengths(threads, rounds)]


def build(items: Sequence[Utterance], front_end: FrontEnd) -> None:
    """Decode, extract and write a store, as the first training on a corpus does."""
    with tempfile.TemporaryDirectory() as folder:
        extract(items, front_end, content_hashes(items), Path(folder))


def each(peer: Callable[[str], Any], items: Sequence[Utterance], pool: Executor | None) -> None:
    """Features of every file, one after the other, or in the processes of a pool."""
    paths = [str(item.path) for item in items]
    found = pool.map(peer, paths, chunksize=16) if pool else map(peer, paths)
    if len(list(found)) != len(paths):
        raise RuntimeError("a file is missing")


def decoded(items: Sequence[Utterance], front_end: FrontEnd) -> list[torch.Tensor]:
    """Waveforms of the utterances as the front end clips them, ``(1, time)`` each."""
    waveforms = [load_utterance(item, front_end.sample_rate)[None] for item in items]
    return [front_end.clip(waveform)[0] for waveform in waveforms]


@torch.inference_mode()
def transforms(waveforms: Sequence[torch.Tensor], front_end: Any) -> None:
    """The arithmetic that no implementation can leave out, and nothing else."""
    for waveform in waveforms:
        stft = spectrum(waveform, front_end.taper, front_end.hop_length)
        front_end.bank(power_of(stft))


def lengths(threads: int, rounds: int) -> list[Row]:
    """Cost of a second of audio in long utterances against short ones."""
    front_end = LogMel(n_mels=128, **PLAIN)
    generator = torch.Generator().manual_seed(0)
    sounds = {
        f"{seconds} s": torch.randn(64 // seconds, seconds * RATE, generator=generator)
        for seconds in (2, 4, 16, 64)
    }
    with torch.inference_mode():
        times = in_turns({name: partial(front_end, s) for name, s in sounds.items()}, 2 * rounds)
    short, *rest = sounds
    return [
        compared(
            f"log-mel 128 of 64 s of audio, as utterances of {long} against {short}",
            threads, times, long, short, scale=1000 / 64, unit="ms a second of audio",
        )
        for long in rest
    ]  # fmt: skip


def _smile(items: Sequence[Utterance], threads: int, rounds: int) -> list[Row]:
    try:
        import opensmile  # noqa: PLC0415 - one of the peers, which `make bench` installs
    except ImportError:
        return []
    some = items[:: max(1, len(items) // 60)]
    files = [str(item.path) for item in some]
    scale, unit = 1000 / len(files), "ms an utterance"
    found = []
    for what, (make, peer, feature_set, goal) in SMILE.items():
        smile = opensmile.Smile(
            feature_set=opensmile.FeatureSet[feature_set],
            feature_level=opensmile.FeatureLevel.Functionals,
            num_workers=threads,
        )
        ways = {
            "ser": partial(build, some, make()),
            "openSMILE": partial(smile.process_files, files),
        }
        title = f"{what} against {peer} of openSMILE, {len(files)} files"
        times = in_turns(ways, rounds)
        found.append(
            compared(title, threads, times, "openSMILE", scale=scale, unit=unit, goal=goal)
        )
    return found


def _pool(threads: int) -> Any:
    """Processes for librosa, one core each; threads would wait for the interpreter lock."""
    if threads == 1:
        return nullcontext()
    return ProcessPoolExecutor(threads, get_context("forkserver"), threadpool_limits, (1,))

"""Write a small IEMOCAP: the folders, label files and names of the release, with noise for speech.

Every odd thing that the release holds is there: labels outside the four classes, header,
blank and annotator lines, comments that are not UTF-8, macOS ``._`` files, folders of single
annotators, and the turns of both actors in a dialogue that is named after one of them.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

SAMPLE_RATE = 16000
# Code: centre of the noise band in Hz, level as RMS of full scale. Far enough apart to learn.
SOUNDS = {
    "neu": (600, 0.05),
    "ang": (2400, 0.2),
    "xxx": (1000, 0.05),
    "sad": (300, 0.02),
    "hap": (1400, 0.1),
    "fru": (2000, 0.1),
    "exc": (1600, 0.12),
    "oth": (900, 0.05),
}
KEPT = ("neu", "ang", "sad", "hap", "exc")
FIRST_TURN = 15  # so that script02_1 has a turn M018, as the release has


def write_iemocap(
    root: Path,
    sessions: Iterable[int] = (1, 2, 3, 4, 5),
    turns: int = 1,
    missing: str | None = None,
) -> Path:
    """Write the corpus and return the folder that holds ``Session1`` and so on.

    Each session has an improvised and a scripted dialogue, each dialogue both actors, each
    actor ``turns`` turns of every emotion that is kept and one of every other. Session 5 has
    the second take ``Ses05M_script01_1b`` besides.

    Args:
        root: Folder to write ``IEMOCAP_full_release`` in.
        sessions: Sessions to write, from 1 to 5.
        turns: Turns of each kept emotion for each actor and dialogue.
        missing: Turn whose audio is left out.
    """
    release = root / "IEMOCAP_full_release"
    for session in sessions:
        folder = release / f"Session{session}"
        names = [f"Ses0{session}M_impro03", f"Ses0{session}F_script02_1"]
        for name in [*names, "Ses05M_script01_1b"] if session == 5 else names:
            _write_dialogue(folder, name, turns, missing)
    return release


def _write_dialogue(folder: Path, name: str, turns: int, missing: str | None) -> None:
    audio = folder / "sentences" / "wav" / name
    labels = folder / "dialog" / "EmoEvaluation"
    audio.mkdir(parents=True)
    (labels / "Categorical").mkdir(parents=True, exist_ok=True)
    codes = [*SOUNDS, *(code for code in KEPT for _ in range(turns - 1))]
    spoken = {
        f"{name}_{sex}{FIRST_TURN + n:03d}": code for sex in "FM" for n, code in enumerate(codes)
    }
    for turn, code in spoken.items():
        if turn != missing:
            soundfile.write(audio / f"{turn}.wav", speak(turn, code), SAMPLE_RATE, "PCM_16")
    blocks = (_block(3.0 * n, turn, code) for n, (turn, code) in enumerate(spoken.items()))
    text = "% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]\n\n" + "\n".join(blocks)
    (labels / f"{name}.txt").write_bytes(text.encode("latin-1"))
    _write_clutter(labels, audio, name)


def _block(start: float, turn: str, code: str) -> str:
    return (
        f"[{start:.4f} - {start + 2:.4f}]\t{turn}\t{code}\t[2.5000, 2.5000, 2.5000]\n"
        "C-E2:\tNeutral;\t()\n"
        "C-E3:\tOther;\t(blasé)\n"  # latin-1 on disk
        "C-F1:\tAnger; Frustration;\t([1] or [2])\n"
        "A-E3:\tval 3; act 2; dom  2;\t()\n"
    )


def _write_clutter(labels: Path, audio: Path, name: str) -> None:
    """Write what must not be read; a reader that does finds a turn that has no audio."""
    stray = _block(0.0, f"{name}_F900", "ang")
    apple = b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X\xff\n"
    (labels / f"._{name}.txt").write_bytes(apple + stray.encode("latin-1"))
    (labels / "Categorical" / f"{name}_e2_cat.txt").write_bytes(stray.encode("latin-1"))
    (audio / f"._{name}_F015.wav").write_bytes(apple)


def speak(turn: str, code: str) -> npt.NDArray[np.float64]:
    """Band-limited noise of 0.5 to 2 s in bursts of four a second, the same on every machine."""
    rng = np.random.default_rng(zlib.crc32(turn.encode()))
    size = int(rng.uniform(0.5, 2.0) * SAMPLE_RATE)
    centre, level = SOUNDS[code]
    frequency = np.fft.rfftfreq(size, 1 / SAMPLE_RATE)  # Hz
    band = np.exp(-0.5 * ((frequency - centre) / (0.3 * centre)) ** 2)
    noise = np.fft.irfft(np.fft.rfft(rng.standard_normal(size)) * band, size)
    bursts = noise * np.sin(2 * np.pi * 2 * np.arange(size) / SAMPLE_RATE) ** 2
    # Some voices are louder than others, so that level alone does not give the emotion away.
    speech: npt.NDArray[np.float64] = bursts * level * rng.uniform(0.7, 1.4) / bursts.std()
    return speech.clip(-1, 1)

"""``python -m ser.predict``: the emotion of audio files. The work is in ``ser.inference``.

Its words are taken as they are, unlike those of ``ser.train``, whose grammar knows commas,
equals signs and brackets: any name that a file can have is a name here.

Example: ``python -m ser.predict checkpoint=runs/…/model.ckpt input=a.wav``
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from typing import Any

from ser.errors import ConfigError
from ser.inference.words import Words
from ser.system.door import door
from ser.system.paths import expanded
from ser.system.purpose import only_answer

WORDS = Words(
    "ser.predict: the emotion of audio files, and its probability.",
    {
        "checkpoint": "a model.ckpt, a run folder, whose folds answer together, or several: [a,b]",
        "input": "a file, folder, pattern, list (.txt, .csv), several: [a,b], - for standard "
        "input, or microphone",
        "output": "a file for the answers: .csv, .json, .jsonl, .TextGrid or .audformat",
        "window": "seconds of the windows that long recordings are judged in; without it, files as "
        "a whole",
        "hop": "seconds between windows; a third of a window by default",
        "smoothing": "seconds over which the probabilities of windows are averaged; 0 by default",
        "vad": "energy, to judge no window in which nobody speaks",
        "seconds": "how long to listen to the microphone; until Ctrl-C by default",
        "speaker": "one, if input is all of one speaker; for models of normalise=speaker alone",
    },
    example="checkpoint=MODEL.ckpt input=FILE",
    needed=("checkpoint", "input"),
    choices={"speaker": ("one",), "vad": ("energy",)},
)
NUMBERS = ("window", "hop", "smoothing", "seconds")
KEPT = "with output=, what was judged is kept, and the same command goes on"


@door(KEPT)
def main(words: Sequence[str] | None = None) -> None:
    """Predict as the words say, those of the command line by default."""
    given = sys.argv[1:] if words is None else words
    if WORDS.help_was_given(given):
        return
    try:
        chosen = WORDS.read(given)
    except ConfigError as error:
        raise SystemExit(f"error: {error}") from error
    if words is None:
        only_answer()
    from ser.inference.job import main as job
    from ser.inference.wishes import Wishes

    checkpoint, sound, *_ = (chosen.pop(key) for key in WORDS.needed)
    try:
        wishes = Wishes(**{key: _value(key, text) for key, text in chosen.items()})
    except ConfigError as error:
        raise SystemExit(f"error: {error}") from error
    job(checkpoint, sound, wishes=wishes)


def _value(key: str, text: str) -> Any:
    """Read what a word says.

    Raises:
        ConfigError: If it is no number, where one is needed.
    """
    if key == "output":
        return expanded(text)
    if key not in NUMBERS:
        return text
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if math.isfinite(number) and number >= 0:
        return number
    raise ConfigError(f"{key}={text} is not a number of seconds; pass one, such as {key}=3.")


if __name__ == "__main__":
    main()

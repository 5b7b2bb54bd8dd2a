"""``python -m ser.predict``: the emotion of an audio file. The work is in ``ser.inference``.

Its words are taken as they are, unlike those of ``ser.train``, whose grammar knows commas,
equals signs and brackets: any name that a file can have is a name here.

Example: ``python -m ser.predict checkpoint=runs/…/model.ckpt input=a.wav``
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from ser.errors import ConfigError, check_choice, likely
from ser.system.door import door
from ser.system.paths import typed_path
from ser.system.streams import Lasting

WORDS = {
    "checkpoint": "a model.ckpt of a run, or a checkpoint that Lightning wrote",
    "input": "an audio file of any rate and channel count, or a folder of them with speaker=one",
    "speaker": "one, if input is a folder of one speaker; for models of normalise=speaker alone",
}
NEEDED = ("checkpoint", "input")
SPEAKERS = ("one",)
HELP = ("-h", "--help")


@door()
def main(words: Sequence[str] | None = None) -> None:
    """Predict as the words say, those of the command line by default."""
    given = sys.argv[1:] if words is None else words
    if any(word in HELP for word in given):
        Lasting(sys.stdout).write(usage())
        return
    try:
        chosen = read_words(given)
    except ConfigError as error:
        raise SystemExit(f"error: {error}") from error
    from ser.inference.job import main as job  # noqa: PLC0415 - --help should not wait for PyTorch

    checkpoint, sound = (str(typed_path(chosen[key])) for key in NEEDED)
    job(checkpoint, sound, chosen.get("speaker"))


def usage() -> str:
    """Say which words there are."""
    lines = [f"  {key}=…  {meaning}" for key, meaning in WORDS.items()]
    return "\n".join(
        ["ser.predict: the emotion of an audio file, and its probability.", *lines, ""]
    )


def read_words(words: Sequence[str]) -> dict[str, str]:
    """Read ``checkpoint=…`` and the others; what follows the first ``=`` is taken as it is.

    Raises:
        ConfigError: If a word is unknown, comes twice, is empty or missing, or is not allowed.
    """
    chosen: dict[str, str] = {}
    for word in words:
        key, _, value = word.partition("=")
        if key not in WORDS:
            raise ConfigError(f"{word!r} is unknown{likely(key.lstrip('-+'), WORDS)}; {_rule()}")
        if key in chosen:
            raise ConfigError(f"{key}= comes twice; {_rule()}")
        chosen[key] = value
    for key in NEEDED:
        if not chosen.get(key):
            raise ConfigError(f"{key}= is missing; {_rule()}")
    if "speaker" in chosen:
        check_choice("speaker", chosen["speaker"], SPEAKERS)
    return chosen


def _rule() -> str:
    return "pass checkpoint=MODEL.ckpt input=FILE, each quoted for the shell if it needs that."


if __name__ == "__main__":
    main()

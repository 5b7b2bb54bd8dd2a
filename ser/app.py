"""``python -m ser.app``: a page on this machine to try models on. The work is in ``ser.inference``.

Example: ``python -m ser.app checkpoint=runs/…/model.ckpt checkpoint=another.ckpt port=8000``
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from ser.errors import ConfigError
from ser.inference.words import Words
from ser.system.door import door
from ser.system.paths import expanded
from ser.system.purpose import only_answer

WORDS = Words(
    "ser.app: a page to try models on.",
    {
        "checkpoint": "a model.ckpt of a run; given several times, models stand side by side",
        "port": "where the page is served on this machine; 8000 if left out, 0 takes a free one",
    },
    example="checkpoint=MODEL.ckpt port=8000",
)
PORT, HIGHEST = 8000, 65_535


@door()
def main(words: Sequence[str] | None = None) -> None:
    """Serve as the words say, those of the command line by default."""
    given = sys.argv[1:] if words is None else words
    if WORDS.help_was_given(given):
        return
    try:
        models = [word for word in given if word.startswith("checkpoint=")]
        checkpoints = [WORDS.read([word])["checkpoint"] for word in models]
        others = [word for word in given if word not in models]
        port = _port(WORDS.read(others).get("port", str(PORT)))
    except ConfigError as error:
        raise SystemExit(f"error: {error}") from error
    if words is None:
        only_answer()
    from ser.inference.app.job import main as job

    job([expanded(name) for name in checkpoints], port)


def _port(word: str) -> int:
    if word.isascii() and word.isdigit() and int(word) <= HIGHEST:
        return int(word)
    raise ConfigError(f"port={word} must be a whole number from 0 to {HIGHEST}; {PORT} is usual.")


if __name__ == "__main__":
    main()

"""The corpus: files whose names say who speaks, and how."""

from __future__ import annotations

from pathlib import Path

from ser.corpora import Corpus, Utterance


class Calls(Corpus):
    """Calls to a hotline; ``anna_calm_01.wav`` is the first calm call of Anna.

    Args:
        root: Folder of the files.
    """

    name = "calls"
    licence = "private"
    citation = "unpublished"
    labels = ("calm", "upset")  # class 0, class 1
    counts = {"calm": 18, "upset": 18}  # noqa: RUF012 - what verify() expects to find

    def __init__(self, root: str | Path) -> None:
        self.root = Path(root)

    def utterances(self) -> list[Utterance]:
        """List every call, sorted by name."""
        return [self._utterance(path) for path in sorted(self.root.glob("*.wav"))]

    def _utterance(self, path: Path) -> Utterance:
        speaker, emotion, _ = path.stem.split("_")
        return Utterance(id=path.stem, path=path, emotion=emotion, speaker=speaker)

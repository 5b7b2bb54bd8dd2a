"""How recordings are to be judged, and where the answers go."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ser.errors import ConfigError

LENGTH, PARTS = 3.0, 3  # seconds of a window of a microphone; hops of a window


@dataclass(frozen=True)
class Wishes:
    """What the words of ``ser.predict`` say beside model and input.

    Args:
        speaker: ``"one"`` if the input is all of one speaker.
        output: File or folder of the answers; None prints them alone.
        window: Length of a window, in seconds; None judges every recording as a whole.
        hop: Step between windows, in seconds; None takes a third of a window.
        smoothing: Seconds over which probabilities are averaged.
        vad: How windows are found in which nobody speaks; None judges all.
        seconds: How long to listen to a microphone; None listens until it is stopped.

    Raises:
        ConfigError: If some of them do not go together.
    """

    speaker: str | None = None
    output: Path | None = None
    window: float | None = None
    hop: float | None = None
    smoothing: float | None = None
    vad: str | None = None
    seconds: float | None = None

    def __post_init__(self) -> None:
        for name in ("hop", "smoothing", "vad"):
            if getattr(self, name) is not None and self.window is None:
                raise ConfigError(
                    f"{name}={getattr(self, name)} is for windows of long recordings; pass "
                    "window=3 as well, their length in seconds."
                )
        if self.speaker and self.window is not None:
            raise ConfigError(
                "speaker=one judges whole files, each by all of them; leave window= out."
            )

    @property
    def windows(self) -> dict[str, Any]:
        """Arguments of a ``Timeline``."""
        window = LENGTH if self.window is None else self.window
        hop = window / PARTS if self.hop is None else self.hop
        return {"window": window, "hop": hop, "smoothing": self.smoothing or 0.0, "vad": self.vad}

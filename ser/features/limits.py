"""What no sound has and no memory holds; a model file may ask for anything."""

from __future__ import annotations

from ser.errors import ConfigError

HIGHEST_RATE = 768_000  # Hz
LONGEST = 86_400  # s; a day
LONGEST_WINDOW = 2**17  # samples
MOST_OVERLAP = 256  # windows over a sample


def require(condition: bool, message: str) -> None:
    """Raise ``ConfigError`` with ``message`` unless ``condition`` holds."""
    if not condition:
        raise ConfigError(message)


def check_window(name: str, window_length: int, hop_length: int) -> None:
    """Refuse a window of too many samples, or too many windows over each sample.

    Args:
        name: Setting that it is the length of.
        window_length: Samples of the window.
        hop_length: Samples from a window to the next.

    Raises:
        ConfigError: If there are.
    """
    require(
        window_length <= LONGEST_WINDOW,
        f"{name} has {window_length} samples, and at most {LONGEST_WINDOW} are possible; "
        "give it in seconds.",
    )
    require(
        window_length <= MOST_OVERLAP * hop_length,
        f"{name} has {window_length} samples and hop has {hop_length}; a hop is at least "
        f"1/{MOST_OVERLAP} of a window: raise it.",
    )


def check_times(
    sample_rate: int, window: float, hop: float, offset: float, duration: float | None
) -> None:
    """Refuse a rate or a time that is not positive, or that no sound has.

    Args:
        sample_rate: Sampling rate, in Hz.
        window: Window length, in seconds.
        hop: Step between frames, in seconds.
        offset: What is dropped at the start, in seconds; it may be 0.
        duration: What is kept at most, in seconds; None for all.

    Raises:
        ConfigError: If there is one.
    """
    for name, value, most in (
        ("sample_rate", sample_rate, HIGHEST_RATE),
        ("window", window, LONGEST),
        ("hop", hop, LONGEST),
        ("duration", duration, LONGEST),
    ):
        require(
            value is None or 0 < value <= most,
            f"{name}={value} must be positive and at most {most}; give sample_rate in Hz and "
            "times in seconds.",
        )
    require(
        0 <= offset <= LONGEST,
        f"offset={offset} must be 0 or more, and at most {LONGEST}; give it in seconds.",
    )

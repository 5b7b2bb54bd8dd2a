"""What several corpora are called together."""

from __future__ import annotations

from collections.abc import Sequence

AND, TO = "-and-", "-to-"


def together(names: Sequence[str], test: str | None = None) -> str:
    """Name corpora that were joined, as their run folder and their model files do.

    Args:
        names: Names of the corpora.
        test: The one of them that is tested by what is learnt from the others, or None.

    Example:
        >>> together(["emodb", "synthetic"]), together(["emodb", "synthetic"], "synthetic")
        ('emodb-and-synthetic', 'emodb-to-synthetic')
    """
    learnt = AND.join(name for name in names if name != test)
    return f"{learnt}{TO}{test}" if test else learnt

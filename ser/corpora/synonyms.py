"""Words that different corpora use for one emotion; proposed, and never taken for one unasked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

WORDS = (
    ("anger", "angry", "ang", "rage", "hot anger"),
    ("happiness", "happy", "hap", "joy", "joyful"),
    ("sadness", "sad"),
    ("fear", "fearful", "afraid", "fea", "anxiety"),
    ("disgust", "disgusted", "dis"),
    ("surprise", "surprised", "sur", "pleasant surprise", "pleasant_surprise"),
    ("neutral", "neu", "neutrality"),
    ("boredom", "bored", "bor"),
)
MEANING: Mapping[str, str] = {word: words[0] for words in WORDS for word in words}


def mappings(of_each: Mapping[str, Sequence[str]]) -> dict[str, dict[str, str]]:
    """Propose which emotions of corpora may be those of the first under other names.

    Args:
        of_each: Emotions of each corpus.

    Returns:
        For each corpus after the first, what its emotions are called there; none where nothing is
        to propose.

    Example:
        >>> mappings({"emodb": ["anger", "happiness"], "mine": ["anger", "Joy", "calm"]})
        {'mine': {'Joy': 'happiness'}}
    """
    (_, first), *others = of_each.items()
    meant = {_meaning(label): label for label in first}
    found = {
        name: {
            label: meant[_meaning(label)]
            for label in labels
            if _meaning(label) in meant and meant[_meaning(label)] not in labels
        }
        for name, labels in others
    }
    return {name: own for name, own in found.items() if own}


def proposed(of_each: Mapping[str, Sequence[str]]) -> str:
    """Words of a command that take emotions for one; empty where nothing is to propose.

    Args:
        of_each: Emotions of each corpus.

    Example:
        >>> proposed({"emodb": ["anger", "happiness"], "mine": ["anger", "joy"]})
        "'data.mine.emotions={joy: happiness}'"
    """
    return " ".join(
        f"'data.{name}.emotions={{{', '.join(f'{old}: {new}' for old, new in own.items())}}}'"
        for name, own in mappings(of_each).items()
    )


def _meaning(label: str) -> str:
    return MEANING.get(label.casefold(), label.casefold())

"""Which emotion of a corpus somebody else means by a word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

from ser.errors import ConfigError, check_choice

SHORTEST = 3  # letters of a word that is taken for the beginning of a label
OTHER = "another"  # a prediction of what the corpus does not have: always wrong


def labels_for(
    words: Iterable[str], labels: Sequence[str], mapping: Mapping[str, str | None], source: object
) -> dict[str, str]:
    """Label of the corpus that each word stands for.

    A word is a label in any case, the beginning of one (``ang``), or in ``mapping``.

    Args:
        words: Words as somebody else has them.
        labels: Emotions of the corpus.
        mapping: Label of a word; None for an emotion that the corpus does not have.
        source: Where the words are from; for messages.

    Raises:
        ConfigError: If a word stands for no label, or a label of the mapping does not exist.

    Example:
        >>> labels_for(["Anger", "sad", "W"], ["anger", "sadness"], {"W": "anger"}, "a.csv")
        {'Anger': 'anger', 'sad': 'sadness', 'W': 'anger'}
    """
    given = {str(word).casefold(): label for word, label in mapping.items()}
    for word, label in mapping.items():
        if label is not None:
            check_choice(f"emotions.{word}", label, labels)
    often = Counter(words)
    found = {word: _label(word, labels, given) for word in often}
    strange = {word: count for word, count in often.items() if found[word] is None}
    if strange:
        raise ConfigError(_complaint(strange, labels, source))
    return {word: label for word, label in found.items() if label is not None}


def translated(words: Mapping[str, str]) -> list[str]:
    """Say which words were read as another one, if there are any."""
    changed = [f"{word} is {label}" for word, label in sorted(words.items()) if word != label]
    return [f"emotions are read as those of the corpus: {', '.join(changed)}"] if changed else []


def _label(word: str, labels: Sequence[str], given: Mapping[str, str | None]) -> str | None:
    key = word.casefold()
    if key in given:
        return given[key] or OTHER
    exact = [label for label in labels if label.casefold() == key]
    begun = [label for label in labels if label.casefold().startswith(key)]
    likely = exact or (begun if len(key) >= SHORTEST else [])
    return likely[0] if len(likely) == 1 else None


def _complaint(strange: Mapping[str, int], labels: Sequence[str], source: object) -> str:
    counted = ", ".join(f"{word or '(empty)'} ({count})" for word, count in strange.items())
    near = {word: get_close_matches(word.casefold(), labels, 1, cutoff=0.3) for word in strange}
    pairs = ", ".join(f"{word}: {(near[word] or ['…'])[0]}" for word in strange if word)
    return (
        f"{source} has words that are not emotions of the corpus: {counted}. The corpus has "
        f"{', '.join(labels)}. Say which is which, as 'emotions={{{pairs}}}'; null stands for an "
        "emotion that the corpus does not have."
    )

"""What tells runs apart: the settings that differ between them, in few words.

The name of a folder says what was typed; what decides the figures is the configuration. Of the
settings that differ, all are named where they are few. Where they are many, as between two
experiments, the fewest that still tell the runs apart are.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ser.runs.names import Name

FEW = 4  # settings that are all named
# Said elsewhere in the name of a run, or nothing that tells two runs apart.
SAID = (
    "cv.",
    "data.",
    "contents.",
    "selected.",
    "model._target_",
    "protocol._target_",
    "augment._target_",
)


@dataclass(frozen=True)
class Label:
    """A run in few words.

    Args:
        corpus: Name of the corpus.
        model: Name of the network or other learner.
        cv: Name of the regime.
        settings: What tells it from the other runs of this learner, such as ``dropout=0.3``.
    """

    corpus: str
    model: str
    cv: str
    settings: tuple[str, ...] = ()

    def words(self, parts: Iterable[str] = ("model",)) -> str:
        """Name the run by some parts of its name, and by its settings.

        Example:
            >>> Label("emodb", "cnn1d", "speaker", ("dropout=0.3",)).words(("model", "cv"))
            'cnn1d/speaker, dropout=0.3'
        """
        name = "/".join(getattr(self, part) for part in parts)
        return ", ".join(filter(None, (name, *self.settings)))


def labels_of(named: Sequence[tuple[Name, Mapping[str, Any]]]) -> list[Label]:
    """Name runs so that no two of them read alike.

    Args:
        named: Name and identity of each run.
    """
    groups: dict[tuple[str, str], list[int]] = {}
    for position, (name, _) in enumerate(named):
        groups.setdefault((name.corpus, name.model), []).append(position)
    settings: dict[int, list[str]] = {}
    for places in groups.values():
        found = differing([named[place][1] for place in places])
        settings.update(zip(places, found, strict=True))
    labels = [
        Label(name.corpus, name.model, name.cv, tuple(settings[place]))
        for place, (name, _) in enumerate(named)
    ]
    return _unlike(labels, [name.variant for name, _ in named])


def differing(identities: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    """Settings of each configuration that tell it from the others, such as ``dropout=0.3``.

    Args:
        identities: Configurations as dotted keys.
    """
    values = {key: [_shown(each.get(key)) for each in identities] for key in _keys(identities)}
    chosen = list(values) if len(values) <= FEW else _fewest(values)
    words = _shortened(chosen)
    return [
        [f"{words[key]}={values[key][i]}" for key in chosen if values[key][i]]
        for i in range(len(identities))
    ]


def _keys(identities: Sequence[Mapping[str, Any]]) -> list[str]:
    """Keys whose values differ; of a protocol its name is enough."""
    keys = dict.fromkeys(key for each in identities for key in each if not key.startswith(SAID))
    differ = [k for k in keys if len({json.dumps(_plain(each.get(k))) for each in identities}) > 1]
    named = "protocol.name" in differ
    return [k for k in differ if not (named and k.startswith("protocol.") and k != "protocol.name")]


def _fewest(values: Mapping[str, Sequence[str]]) -> list[str]:
    """Choose, one after the other, the key that tells most rows apart, until all would."""

    def apart(keys: Iterable[str]) -> int:
        return len(set(zip(*(values[key] for key in keys), strict=True)))

    chosen: list[str] = []
    while not chosen or apart(chosen) < apart(values):
        rest = [key for key in values if key not in chosen]
        chosen.append(max(rest, key=lambda k: (apart([*chosen, k]), -len("".join(values[k])))))
    return [key for key in values if key in chosen]


def _shortened(keys: Sequence[str]) -> dict[str, str]:
    """Shorten dotted keys to their last word, or to the group that they name."""
    last = {}
    for key in keys:
        group, _, word = key.rpartition(".")
        last[key] = group.rpartition(".")[2] if word in ("name", "_target_") and group else word
    often = Counter(last.values())
    return {key: word if often[word] == 1 else key for key, word in last.items()}


def _plain(value: Any) -> Any:
    """Write 1.0 as 1, which it is."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _shown(value: Any) -> str:
    """Write a value as one would type it; nothing for null."""
    value = _plain(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and 0 < abs(value) < 1e-3:  # noqa: PLR2004 - 0.0002 is harder to read
        mantissa, _, exponent = f"{value:.6e}".partition("e")
        return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"
    if isinstance(value, list):
        return "+".join(map(_shown, value)) or "none"
    text = str(value)
    return text.rpartition(".")[2] if text.startswith("ser.") else text


def _unlike(labels: Sequence[Label], variants: Sequence[str]) -> list[Label]:
    """Tell equal labels apart by the names of their folders, and else by number."""
    seen: Counter[Label] = Counter()
    found = []
    often = Counter(labels)
    for label, variant in zip(labels, variants, strict=True):
        extra = (variant,) if variant and often[label] > 1 else ()
        named = Label(label.corpus, label.model, label.cv, (*label.settings, *extra))
        seen[named] += 1
        number = (f"run {seen[named]}",) if seen[named] > 1 else ()
        found.append(Label(named.corpus, named.model, named.cv, (*named.settings, *number)))
    return found

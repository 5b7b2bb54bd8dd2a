"""Runs that were asked the same questions, and how they compare."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from ser.evaluation.comparison import compare
from ser.evaluation.design import fitted_utterances
from ser.evaluation.distinctions import labels_of
from ser.evaluation.findings import Findings
from ser.evaluation.pairing import KEYS
from ser.evaluation.resampling import LEAST
from ser.evaluation.wording import several
from ser.folds.protocol import stamp
from ser.system.counted import counted


@dataclass(frozen=True)
class Group:
    """Runs that predicted the same utterances in the same folds.

    Args:
        title: Corpus, regime, folds and seeds, and whatever else no other group has.
        findings: The runs.
        names: What each is called within the group; those not to be compared are stamped.
        unit: What the bootstrap draws.
        table: What ``compare`` gives for every pair.
    """

    title: str
    findings: Sequence[Findings]
    names: Sequence[str]
    unit: str
    table: pd.DataFrame


def comparable(findings: Sequence[Findings]) -> list[Group]:
    """Compare the runs of each set that share corpus, folds and seeds.

    Transductive runs are a set of their own.
    """
    sets: dict[tuple[str, str, str], list[Findings]] = {}
    for found in findings:
        if found.run.finished:
            apart = found.stamp.transductive  # which know the tested audio
            asked = found.run.name.corpus, signature(found.run.predictions), apart
            sets.setdefault(asked, []).append(found)
    return _titled([_group(members) for members in sets.values() if len(members) > 1])


def signature(predictions: pd.DataFrame) -> str:
    """Digest of what was predicted: equal where two runs were asked the same questions."""
    asked = predictions[KEYS].sort_values(KEYS).to_csv(index=False)
    emotions = ",".join(name for name in predictions.columns if name.startswith("p_"))
    return hashlib.sha256(f"{emotions}\n{asked}".encode()).hexdigest()


def _group(members: Sequence[Findings]) -> Group:
    names = _names(members)
    tables = {name: found.run.predictions for name, found in zip(names, members, strict=True)}
    speakers = members[0].run.predictions["speaker"].nunique()
    unit = "speaker" if speakers >= LEAST else "utterance"
    table = compare(tables, n_train=_fitted(members), unit=unit, expanded=True)
    return Group("", members, names, unit, table)


def _names(members: Sequence[Findings]) -> list[str]:
    """Call each run by its network, by the settings that tell it apart, and by its stamp."""
    labels = labels_of([(found.run.name, found.run.identity) for found in members])
    parts = [part for part in ("model", "cv") if len({getattr(la, part) for la in labels}) > 1]
    words = [label.words(parts or ("model",)) for label in labels]
    return [word + found.stamp.suffix for word, found in zip(words, members, strict=True)]


def _fitted(members: Sequence[Findings]) -> dict[int, int]:
    """Utterances fitted on in each fold; the fewest of all runs, which is the careful choice."""
    counts = pd.DataFrame([fitted_utterances(found.run, found.design) for found in members])
    return {int(fold): int(count) for fold, count in counts.min().items()}


def _titled(groups: Sequence[Group]) -> list[Group]:
    """Say what each group is of, with as much more as tells it from the others."""
    titles = [_title(group) for group in groups]
    for add in (_amount, _protocols):
        often = Counter(titles)
        titles = [
            f"{title}, {add(group)}" if often[title] > 1 else title
            for title, group in zip(titles, groups, strict=True)
        ]
    seen: Counter[str] = Counter()
    found = []
    for title, group in zip(titles, groups, strict=True):
        seen[title] += 1
        number = f" ({seen[title]})" if seen[title] > 1 else ""
        found.append(replace(group, title=f"{title}{number}"))
    return found


def _title(group: Group) -> str:
    names = [found.run.name for found in group.findings]
    regimes = " and ".join(dict.fromkeys(name.cv for name in names))
    table = group.findings[0].run.predictions
    folds, seeds = (sorted(map(int, table[part].unique())) for part in ("fold", "seed"))
    return f"{names[0].corpus}, cv={regimes}, {several('fold', folds)}, {several('seed', seeds)}"


def _amount(group: Group) -> str:
    table = group.findings[0].run.predictions
    copies = table["view"].nunique() > 1
    return f"{counted(len(table), 'prediction')}{' with copies' if copies else ''}"


def _protocols(group: Group) -> str:
    words = {stamp(f.stamp.protocol, "", False, f.stamp.transductive) for f in group.findings}
    return f"protocol {' and '.join(sorted(words))}"

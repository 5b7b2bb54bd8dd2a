"""Sentences that tell a reader what figures can and cannot say."""

from types import SimpleNamespace

import pandas as pd

from ser.evaluation.caveats import reading


def found(speakers, **clusters):
    """Give the findings of a run with as many speakers, and intervals over so many clusters."""
    named = pd.DataFrame({"speaker": [str(number) for number in range(speakers)]})
    intervals = {
        unit: {"uar": SimpleNamespace(unit=unit, clusters=count, too_few=True)}
        for unit, count in clusters.items()
    }
    run = SimpleNamespace(name="a", identity={}, cells=[], finished=True, predictions=named)
    return SimpleNamespace(run=run, intervals=intervals)


def test_every_unit_has_its_own_counts():
    runs = [found(10, speaker=10, utterance=14), found(6, speaker=6), found(5, speaker=5)]
    *_, few = reading(runs)
    assert few.startswith("5, 6 or 10 speakers and 14 utterances are few, ")
    assert few.endswith("unusual speakers and utterances.")


def test_counts_of_speakers_without_an_interval_are_listed_once():
    sentences = " ".join(reading([found(2), found(3), found(2)]))
    assert "what was tested on 2 or 3 speakers has none." in sentences
    assert "on 1 speaker has none." in " ".join(reading([found(1)]))

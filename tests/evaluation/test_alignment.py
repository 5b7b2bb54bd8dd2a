"""Tables of different folds, seeds and rows are put on equal terms, or refused."""

from __future__ import annotations

import pandas as pd
import pytest

from ser.errors import RunError
from ser.evaluation.alignment import align
from ser.evaluation.detectable import detectable, detectable_accuracy
from ser.evaluation.paired import paired_bootstrap
from ser.evaluation.pairing import refuse_unpaired


def table(ids="abcdef", seeds=(0,), fold=0, prediction="joy") -> pd.DataFrame:
    rows = [(name, seed) for seed in seeds for name in ids]
    return pd.DataFrame(
        {
            "id": [name for name, _ in rows],
            "view": "original",
            "speaker": [name for name, _ in rows],
            "fold": fold,
            "seed": [seed for _, seed in rows],
            "truth": ["joy" if name < "d" else "fear" for name, _ in rows],
            "prediction": prediction,
            "p_joy": 1.0,
        }
    )


def test_common_utterances_stand_side_by_side_under_the_folds_of_the_second():
    one, other = align(table("fedcba", fold=3), table("bcdefg", fold=5))
    refuse_unpaired({"one": one, "other": other})
    assert set(one["id"]) == set("bcdef")
    assert set(one["fold"]) == {5}


def test_what_has_one_seed_stands_beside_every_seed_of_the_other():
    one, other = align(table(prediction="fear"), table(seeds=(0, 1, 2)))
    refuse_unpaired({"one": one, "other": other})
    assert len(one) == 18
    assert paired_bootstrap(one, other, "accuracy", "speaker").interval.estimate == 0.0


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (table("xyz"), "no utterance in common"),
        (table(seeds=(1, 2)), r"one has the seeds \[0, 3\], the other \[1, 2\]"),
        (table().assign(truth="fear"), "do not agree on the emotion of a, b, c, 3 in all"),
        (pd.concat([table(), table(fold=1)]), "predicted more than once"),
    ],
)
def test_what_cannot_be_compared_is_refused(other, message):
    one = table(seeds=(0, 3)) if "seeds" in message else table()
    with pytest.raises(RunError, match=message):
        align(one, other)


def test_an_interval_that_excludes_zero_by_far_shows_more_than_it_can_detect():
    ids = [f"{i:03d}" for i in range(200)]
    one = table(ids).assign(prediction=[("joy", "fear")[i % 3 == 0] for i in range(200)])
    found = paired_bootstrap(*align(one, table(ids)), "accuracy", "utterance", expanded=True)
    # 2.8 standard errors, of which 1.96 are half the interval.
    assert detectable(found.interval) == pytest.approx(
        2.8 / 1.96 * (found.interval.high - found.interval.low) / 2, rel=0.02
    )


def test_few_utterances_that_hardly_differ_can_show_no_difference():
    assert str(detectable_accuracy(0.1, 30)) == "nan"
    assert detectable_accuracy(0.1, 3000) < detectable_accuracy(0.1, 300) < 0.1

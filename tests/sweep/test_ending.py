"""The sentence that ends a sweep promises what the same command does, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from sweeping import train

from ser.corpora.emodb import EmoDB
from ser.errors import ConfigError, FailedError, StorageError, TrainingError
from ser.sweep.ending import AGAIN, ALONE, REFUSED, next_step

REFUSAL = ConfigError("model.C=-1 must be above 0; correct it.")
PART = "The same command again trains what was interrupted or failed. "


@pytest.mark.parametrize(
    ("states", "errors", "left_out", "said"),
    [
        ({"failed"}, [TrainingError("nan")], False, AGAIN),
        ({"failed", "interrupted"}, [FailedError("2 of 3")], False, AGAIN),
        ({"to do"}, [MemoryError()], False, AGAIN),
        ({"to do"}, [StorageError("the disk is full")], False, AGAIN),
        ({"to do"}, [REFUSAL], False, REFUSED),
        ({"to do", "interrupted"}, [REFUSAL, MemoryError()], False, PART + REFUSED),
        ({"failed"}, [TrainingError("nan")], True, PART + REFUSED),
        (set(), [], True, REFUSED),
        (set(), [StorageError("the disk is full")], False, ""),
    ],
)
def test_the_same_command_is_only_said_to_train_what_it_trains(
    states: set[str], errors: list[Exception], left_out: bool, said: str
) -> None:
    assert next_step(states, errors, left_out=left_out, retry=True) == said


def test_what_failed_is_not_promised_where_it_is_left_alone() -> None:
    errors = [TrainingError("nan")]
    assert next_step({"failed"}, errors, left_out=False, retry=False) == ALONE
    both = next_step({"failed", "interrupted"}, errors, left_out=False, retry=False)
    assert both == f"The same command again trains what was interrupted. {ALONE}"


def test_a_sweep_whose_jobs_are_refused_does_not_promise_to_train_them(
    emodb: EmoDB, tmp_path: Path
) -> None:
    words = [f"data.root={emodb.root}", "data.verify=false", f"output={tmp_path}", "fold=0"]
    words += ["model=svm", "cv=speaker", "model.C=1,-1", "features=statistics,logmel"]
    found = train("-m", *words)
    assert found.returncode == 1
    summary, *reasons = found.stderr[found.stderr.rindex("1 of 2 jobs") :].splitlines()
    assert summary == (
        f"1 of 2 jobs failed, 1 of 2 cells are not done, and 2 jobs could not begin. {REFUSED}"
    )
    assert ["model.C=-1 must be a number above 0" in line for line in reasons] == [
        True,
        True,
        False,
    ]
    assert "LogMel gives a matrix of frames" in reasons[2]

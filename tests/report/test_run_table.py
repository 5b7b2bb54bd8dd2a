"""A report of a run warns of what its figures hide, and draws what is new, and nothing else."""

from __future__ import annotations

import os

import pytest

from ser.report import draw_if_outdated, report
from ser.runs.files import read_json
from ser.runs.layout import FIGURES, PICTURE, PREDICTIONS

LONG_AGO = 1_000_000_000  # s


@pytest.fixture(params=[True, False], ids=["report", "sweep"])
def again(request, write_run):
    """Report a run; gives its folder, and reports it again, at once or as a sweep does."""
    run = write_run()
    report(run, "a title", ["a note."])

    def repeat(title: str = "a title") -> None:
        report(run, title, ["a note."], picture=request.param)
        draw_if_outdated(run)

    return run, repeat


def age_of(path):
    """When a file was written."""
    return path.stat().st_mtime_ns


def make_old(run):
    """Let the files of a report be of long ago, the picture last."""
    for seconds, name in enumerate((PREDICTIONS, FIGURES, PICTURE)):
        os.utime(run / name, (LONG_AGO + seconds,) * 2)


def test_what_did_not_change_is_not_written_again(again):
    run, repeat = again
    make_old(run)
    before = [age_of(run / name) for name in (PREDICTIONS, FIGURES, PICTURE)]
    repeat()
    assert [age_of(run / name) for name in (PREDICTIONS, FIGURES, PICTURE)] == before


@pytest.mark.parametrize(("regime", "noted"), [("speaker", True), ("kfold", False)])
def test_folds_that_lack_an_emotion_are_named(write_run, regime, noted):
    run = write_run(f"emodb/cnn1d/{regime}")
    report(run, "a title", ["a note."], picture=False)
    first, *more = read_json(run / FIGURES)["notes"]
    assert first == "a note."
    assert [note.partition(":")[0] for note in more] == [
        "Not every emotion is tested in fold 1"
    ] * noted


def test_another_title_is_drawn(again):
    run, repeat = again
    make_old(run)
    before = (run / PICTURE).read_bytes()
    repeat("another title")
    assert (run / PICTURE).read_bytes() != before


@pytest.mark.parametrize("damage", ["absent", "cut"])
def test_a_picture_that_is_not_whole_is_drawn_again(again, damage):
    run, repeat = again
    whole = (run / PICTURE).read_bytes()
    (run / PICTURE).unlink()
    if damage == "cut":
        (run / PICTURE).write_bytes(whole[: len(whole) // 2])
    repeat()
    assert (run / PICTURE).read_bytes() == whole


def test_edited_predictions_of_a_run_are_written_anew(again):
    run, repeat = again
    whole = (run / PREDICTIONS).read_bytes()
    (run / PREDICTIONS).write_bytes(whole.replace(b"joy", b"fear"))
    repeat()
    assert (run / PREDICTIONS).read_bytes() == whole

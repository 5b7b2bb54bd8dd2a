"""A continued fold keeps its learning curve, and says how far all folds are."""

from __future__ import annotations

import csv

import pytest

from ser.runs.cell import Cell
from ser.training.curves import CurveLogger
from ser.training.schedule import Schedule, scheduled, title_of


def logged(folder, epochs, begin=0):
    logger = CurveLogger(str(folder))
    logger.begin_at(begin)
    for epoch in epochs:
        logger.log_metrics({"epoch": epoch, "train/loss": 1.0 / (epoch + 1)}, step=epoch)
        logger.save()
    return folder / "csv" / "metrics.csv"


def epochs_in(path):
    with path.open() as file:
        return [int(line["epoch"]) for line in csv.DictReader(file)]


@pytest.mark.parametrize("tail", ["", "2,0.", "\x00\x00", "x,y,z,too,many\n"])
def test_epochs_before_an_interruption_stay_and_later_ones_are_written_anew(tmp_path, tail):
    path = logged(tmp_path, range(4))
    with path.open("a") as file:
        file.write(tail)
    logged(tmp_path, range(2, 6), begin=2)
    assert epochs_in(path) == [0, 1, 2, 3, 4, 5]


def test_a_training_that_begins_anew_has_a_new_curve(tmp_path):
    path = logged(tmp_path, range(4))
    logged(tmp_path, range(2))
    assert epochs_in(path) == [0, 1]


def test_new_figures_join_those_of_before(tmp_path):
    path = logged(tmp_path, range(2))
    logger = CurveLogger(str(tmp_path))
    logger.begin_at(2)
    logger.log_metrics({"epoch": 2, "val/uar": 0.5}, step=2)
    logger.save()
    assert epochs_in(path) == [0, 1, 2]
    assert "train/loss" in path.read_text().splitlines()[0]


def test_time_left_follows_the_folds_that_are_done(tmp_path):
    now = [0.0]
    cells = [Cell(tmp_path / "run", fold) for fold in range(10)]
    (cells[9].folder).mkdir(parents=True)
    (cells[9].folder / "done").write_text("{}")
    schedule = Schedule(cells, clock=lambda: now[0])
    assert schedule.rest() == ""
    with schedule.training(cells[0]):
        now[0] = 30.0
        assert schedule.rest(0.5) == ", about 8 min left"
        now[0] = 60.0
    with schedule.training(cells[1]):
        assert schedule.rest() == ", about 8 min left"
    assert schedule.place(cells[1].within(2)) == " (2 of 10)"


def test_a_fold_is_named_by_its_place_among_all(tmp_path):
    cells = [Cell(tmp_path / "a/b/c", fold) for fold in (3, 5)]
    with scheduled(cells), scheduled(cells[:1]):
        assert title_of(cells[1], tmp_path) == "a/b/c fold 5 (2 of 2)"
    assert title_of(cells[1], tmp_path) == "a/b/c fold 5"

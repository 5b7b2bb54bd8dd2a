"""The benchmark's own arithmetic: turns, ratios, goals, and the count of a network's work."""

from __future__ import annotations

import pytest

from benchmarks.networks import Subject
from benchmarks.parts import PARTS
from benchmarks.results import Results
from benchmarks.rounds import in_turns, ratios
from benchmarks.row import Row, compared, markdown


def test_every_round_begins_with_another_way():
    order = []
    in_turns({name: lambda name=name: order.append(name) for name in "abc"}, rounds=3, warm=0)
    assert "".join(order) == "abcbcacab"


def test_rounds_before_those_that_count_leave_no_times():
    times = in_turns({"a": lambda: 2.0, "b": lambda: 3.0}, rounds=4, warm=2)
    assert times == {"a": [2.0] * 4, "b": [3.0] * 4}


def test_ratios_are_taken_within_a_round():
    times = {"ser": [1.0, 10.0, 2.0], "librosa": [4.0, 50.0, 6.0]}
    assert ratios(times, "librosa", "ser") == [4.0, 5.0, 3.0]
    row = compared("what", 1, times, "librosa", goal=">= 4")
    assert row.value == 4.0
    assert row.met


@pytest.mark.parametrize(("goal", "met"), [("<= 4", True), (">= 5", False), ("", None)])
def test_a_goal_is_held_against_the_median(goal, met):
    assert Row("what", 1, {}, "s", "seconds", [9.0, 3.0, 4.0], goal).met is met


def test_the_table_names_what_missed_its_goal():
    table = markdown([Row("start", 2, {"ser": 4.2}, "s", "seconds", [4.2], "<= 4")])
    assert "| start | 2 | ser 4.20 s | seconds 4.20 | <= 4 | **no** |" in table


def test_a_part_replaces_its_own_lines_alone(tmp_path):
    line = {"what": "a", "threads": 1, "figures": {"ser": 1.0}, "unit": "s"}
    path = tmp_path / "results.json"
    Results({}).replaced("steps", [line]).replaced("whole_jobs", []).write(path)
    found = Results.read(path).replaced("whole_jobs", [line, line])
    assert [row.what for row in found.rows("steps")] == ["a"]
    assert len(found.rows("whole_jobs")) == 2
    assert set(found.parts) <= set(PARTS)


def test_the_work_of_an_lstm_is_that_of_its_products():
    subject = Subject("lstm", "iemocap_lstm_kfold", (40, 9), batch=2, steps=1)
    gates = 2 * 4 * 64 * ((40 + 64) + (64 + 64))  # a step of both layers, of one utterance
    head = 2 * (64 * 64 + 64 * 7)
    forward = 2 * (9 * gates + head)
    assert 2.5 * forward < subject.work() < 3 * forward  # no gradient of the features

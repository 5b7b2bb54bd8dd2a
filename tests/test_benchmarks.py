"""The benchmark's own arithmetic: turns, ratios, goals, and the count of a network's work."""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace

import pytest
import soundfile
import torch

from benchmarks import peers
from benchmarks.levers import uses_channels_last
from benchmarks.machine import sentence
from benchmarks.networks import SUBJECTS, Subject
from benchmarks.parts import PARTS
from benchmarks.predictions import lines, many
from benchmarks.results import Results
from benchmarks.rounds import in_turns, ratios
from benchmarks.row import Row, compared, markdown
from benchmarks.scale import Jobs, Noises, flat
from benchmarks.steps import stepper

MINE = {
    **{"processor": "A", "instructions": ["x"], "cores": 2, "memory_gib": 8},
    **{"system": "S", "python": "3", "versions": {}, "peers": {}},
}
WAVES = [SimpleNamespace(path=Path(name)) for name in ("a.wav", "b.wav")]


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
    Results({}).replaced("steps", [line], MINE).replaced("whole_jobs", [], MINE).write(path)
    found = Results.read(path).replaced("whole_jobs", [line, line], {**MINE, "processor": "B"})
    assert [row.what for row in found.rows("steps")] == ["a"]
    assert len(found.rows("whole_jobs")) == 2
    assert set(found.parts) <= set(PARTS)
    assert found.tables()["machine"].startswith("Training steps: measured on 2 cores of an A ")


def test_parts_measured_on_another_machine_are_named_with_it():
    other = {**MINE, "processor": "B"}

    assert sentence({"Steps": MINE, "Scale": MINE}).startswith("Measured on 2 cores of an A ")
    apart = sentence({"Steps": MINE, "Levers": other, "Scale": MINE}).split("\n\n")
    assert [line.partition(":")[0] for line in apart] == ["Steps, Scale", "Levers"]


def test_the_work_of_an_lstm_is_that_of_its_products():
    subject = Subject("lstm", "iemocap_lstm", (40, 9), batch=2, steps=1)
    gates = 2 * 4 * 64 * ((40 + 64) + (64 + 64))  # a step of both layers, of one utterance
    head = 2 * (64 * 64 + 64 * 7)
    forward = 2 * (9 * gates + head)
    assert 2.5 * forward < subject.work() < 3 * forward  # no gradient of the features


def test_an_utterance_that_costs_more_in_a_larger_corpus_misses_its_goal():
    ways = {"10": lambda: 1.0, "100": lambda: 10.5, "1,000": lambda: 126.0}
    first, second = flat("stage", 1, ways, rounds=2)
    assert first.value == pytest.approx(1.05)
    assert first.met
    assert second.value == pytest.approx(1.2)
    assert not second.met


@pytest.fixture
def jobs(tmp_path):
    Noises(tmp_path, 140).write()
    return Jobs(tmp_path, 140)


def test_every_stage_of_a_corpus_of_noises_runs(jobs):
    first, second = (soundfile.read(u.path)[0] for u in jobs.corpus.utterances()[:2])
    assert len(first) == len(second) == 16_000
    assert (first != second).any()
    jobs.store()
    assert len(jobs.split().fold_data.fold.test) == 14
    assert min(jobs.epoch(), jobs.figures(), jobs.page()) > 0
    assert (jobs.root / "report" / "report.html").exists()


def test_a_thousand_recordings_are_those_of_the_corpus_over_and_over(tmp_path, monkeypatch):
    monkeypatch.setattr("benchmarks.predictions.utterances", lambda: ("small", WAVES))
    files = many(tmp_path / "files", 5)
    assert [file.name for file in files] == [f"000{i}.wav" for i in range(5)]
    assert [file.readlink().name for file in files] == ["a.wav", "b.wav", "a.wav", "b.wav", "a.wav"]


def test_files_a_second_are_those_of_the_whole_command():
    start, files = lines(
        "svm", 1, {"svm, one": [3.0, 5.0, 4.0], "svm, all": [10.0, 20.0, 25.0]}, 100
    )
    assert start.value == 4.0
    assert files.values == [10.0, 5.0, 4.0]


def test_a_peer_that_is_not_installed_is_an_error_that_says_how(monkeypatch):
    monkeypatch.delenv("SER_PEERS", raising=False)
    with pytest.raises(RuntimeError, match=r"SER_PEERS names no Python .* `make bench` makes one"):
        peers.run(["-c", "pass"])


def test_a_package_that_a_peer_lacks_has_no_version(monkeypatch):
    monkeypatch.setenv("SER_PEERS", sys.executable)
    monkeypatch.setattr(peers, "PACKAGES", ("numpy", "ser-of-nobody"))
    assert peers.versions() == {"numpy": version("numpy")}


def test_a_step_with_another_optimiser_option_is_the_same_step():
    subject = Subject("lstm", "iemocap_lstm", (40, 9), batch=4, steps=1)
    networks = [subject.build(), subject.build()]
    for network, fused in zip(networks, (True, False), strict=True):
        torch.manual_seed(0)  # of the dropout
        stepper(subject, torch.float32, network, fused=fused)()
    weights = ([*n.parameters()] for n in (*networks, subject.build()))
    for fused, unfused, before in zip(*weights, strict=True):
        torch.testing.assert_close(fused, unfused)
        assert (fused != before).any()


@pytest.mark.parametrize(("name", "expected"), [("lstm", False), ("resnet", True)])
def test_networks_over_pictures_keep_their_channels_last(name, expected):
    assert uses_channels_last(SUBJECTS[name].build()) is expected

"""Trainings share a GPU as its memory allows, and one that does not fit is tried alone."""

from __future__ import annotations

import pickle

import pytest
import torch
from hydra.core.utils import JobReturn, JobStatus

from ser.errors import TooLargeError
from ser.sweep.sharing import Measured, Sharing, Use, kind_of, on_cpu, side_by_side, workers

GIB = 2**30


class Launcher:
    """Notes what is launched, and what each kind takes; a large one fits only if it is alone."""

    def __init__(self, peaks, room=80 * GIB):
        self.peaks, self.room, self.turns = peaks, room, []

    def __call__(self, jobs, first, at_once):
        self.turns.append((first, at_once, [" ".join(words) for words in jobs]))
        return [self._run(words, at_once) for words in jobs]

    def _run(self, words, at_once):
        peak = self.peaks[words[0]]
        job = JobReturn(overrides=words, status=JobStatus.COMPLETED)
        job._return_value = Use(0.5, peak, self.room)
        if peak * at_once > self.room:
            job.status, job._return_value = JobStatus.FAILED, TooLargeError("too large")
        return job


def grid(*models, folds=3):
    return [[f"model={model}", f"fold={fold}"] for model in models for fold in range(folds)]


def test_one_cell_of_each_kind_is_measured_and_the_others_share_the_gpu():
    launcher = Launcher({"model=lstm": 2 * GIB, "model=cnn2d": 9 * GIB})
    jobs = grid("lstm", "cnn2d")
    found = Sharing(launcher).launch_all(jobs, 10)
    assert [job.overrides for job in found] == jobs
    assert [job.return_value for job in found] == [0.5] * 6
    assert [(first, at_once) for first, at_once, _ in launcher.turns] == [(10, 2), (12, 6)]
    assert launcher.turns[0][2] == ["model=lstm fold=2", "model=cnn2d fold=2"]


def test_what_was_measured_is_known_in_the_next_batch_of_a_sweep():
    launcher = Launcher({"model=lstm": 9 * GIB})
    sharing = Sharing(launcher)
    sharing.launch_all(grid("lstm"), 0)
    sharing.launch_all(grid("lstm"), 3)
    assert [(first, at_once) for first, at_once, _ in launcher.turns] == [(0, 2), (1, 6), (3, 6)]


def test_a_cell_that_was_too_large_beside_others_is_trained_alone_and_the_others_go_on():
    launcher = Launcher({"model=lstm": GIB, "model=cnn2d": 50 * GIB})
    found = Sharing(launcher).launch_all(grid("lstm", "cnn2d", folds=2), 0)
    assert [job.status for job in found] == [JobStatus.COMPLETED] * 4
    again = [words for _, at_once, jobs in launcher.turns if at_once == 1 for words in jobs]
    assert again == ["model=cnn2d fold=1 retry=true", "model=cnn2d fold=0 retry=true"]


def test_a_cell_that_is_too_large_even_alone_stays_a_failure_with_its_reason():
    found = Sharing(Launcher({"model=lstm": GIB, "model=cnn2d": 90 * GIB})).launch_all(
        grid("lstm", "cnn2d", folds=1), 0
    )
    assert [job.status for job in found] == [JobStatus.COMPLETED, JobStatus.FAILED]
    assert isinstance(found[1]._return_value, TooLargeError)


@pytest.mark.parametrize(
    ("uses", "expected"),
    [
        ([], 2),
        ([(0, 0)], 2),
        ([(1, 80)], 8),
        ([(1, 80), (20, 80)], 3),
        ([(70, 80)], 1),
        ([(90, 80)], 1),
    ],
)
def test_as_many_share_a_gpu_as_the_largest_leaves_room_for(uses, expected):
    assert side_by_side(Use(None, peak * GIB, room * GIB) for peak, room in uses) == expected


@pytest.mark.parametrize(
    ("setting", "per_device", "devices", "cores", "expected"),
    [
        ("auto", 8, 2, 32, 16),
        ("auto", 8, 2, 12, 12),
        ("auto", 8, 0, 12, 2),
        ("auto", 1, 1, 1, 1),
        (5, 8, 2, 12, 5),
        (-1, 8, 2, 12, -1),
    ],
)
def test_processes_are_as_many_as_the_gpus_hold_and_there_are_cores_unless_their_number_is_given(
    setting, per_device, devices, cores, expected
):
    assert workers(setting, per_device, devices, cores) == expected


def test_folds_seeds_and_regimes_are_of_a_kind_and_models_and_batch_sizes_are_not():
    alike = ["model=lstm", "fold=0", "seed=1", "cv=speaker", "model.learning_rate=0.1"]
    other = ["model=lstm", "fold=3", "seed=2", "cv=kfold", "model.learning_rate=0.2"]
    assert kind_of(alike) == kind_of(other)
    assert kind_of(alike) != kind_of([*alike[1:], "model=mlp"])
    assert kind_of(alike) != kind_of([*alike, "data.batch_size=64"])


def test_a_sweep_that_asks_for_the_cpu_shares_no_gpu():
    assert on_cpu([["trainer=cpu", "fold=0"], ["trainer.accelerator=cpu"]])
    assert not on_cpu([["trainer=cpu"], ["fold=0"]])


@pytest.mark.parametrize("started", [False, True])
def test_a_job_notes_its_peak_and_the_room_that_it_had(started, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_initialized", lambda: started)
    monkeypatch.setattr(torch.cuda, "reset_peak_memory_stats", lambda: None)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda: (70, 80))
    monkeypatch.setattr(torch.cuda, "max_memory_reserved", lambda: 8)
    monkeypatch.setattr(torch.cuda, "memory_reserved", lambda: 5)
    expected = Use("config", 8, 75) if started else Use("config", 0, 0)
    assert Measured(lambda cfg: cfg)("config") == expected


def test_the_error_of_a_cell_that_was_too_large_comes_back_from_its_worker():
    assert isinstance(pickle.loads(pickle.dumps(TooLargeError("too large"))), TooLargeError)

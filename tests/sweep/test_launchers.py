"""Launchers on this machine give what one process gives; what a cluster offers is read aright."""

from __future__ import annotations

import os
from types import SimpleNamespace

import pytest
from hydra._internal.core_plugins.basic_launcher import BasicLauncher
from hydra.core.utils import JobReturn, JobStatus
from omegaconf import OmegaConf
from sweeping import predictions, sweep, table_of

from hydra_plugins.ser_sweeps.launchers import ClusterRayLauncher
from hydra_plugins.ser_sweeps.sweeper import CellSweeper
from ser.errors import ConfigError
from ser.sweep.cluster import (
    OneDevice,
    check_tasks,
    cores,
    device_of,
    max_array_size,
    visible_devices,
)
from ser.sweep.sharing import Measured, Use


def run(emodb, output, *words, **env):
    found = sweep(emodb, output, *words, cv="kfold", env=env)
    assert found.returncode == 0, found.stderr
    return table_of(found.stdout)


@pytest.fixture(scope="module")
def alone(emodb, tmp_path_factory):
    """The sweep in one process; gives its output folder and the table at its end."""
    output = tmp_path_factory.mktemp("alone")
    return output, run(emodb, output)


@pytest.mark.parametrize("launcher", ["joblib", "slurm_local"])
def test_a_launcher_gives_the_table_of_a_single_process(launcher, emodb, alone, tmp_path):
    # To joblib's there seems to be a GPU, whose memory decides; the trainings are on the CPU.
    found = run(emodb, tmp_path, f"hydra/launcher={launcher}", CUDA_VISIBLE_DEVICES="0")
    assert found == alone[1]
    assert predictions(tmp_path) == predictions(alone[0])


def test_workers_take_the_gpus_in_turn():
    names = [device_of(f"LokyProcess-{number}", ["0", "3"]) for number in (1, 2, 3, 4)]
    assert names == ["0", "3", "0", "3"]
    assert device_of("LokyProcess-1", []) is None
    assert device_of("MainProcess", ["0"]) is None


def test_a_job_of_a_worker_sees_its_gpu_alone(monkeypatch):
    import multiprocessing

    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "2,5")
    monkeypatch.setattr(multiprocessing.current_process(), "name", "LokyProcess-2")
    job = OneDevice(lambda _: os.environ["CUDA_VISIBLE_DEVICES"], visible_devices())
    assert job(None) == "5"


@pytest.mark.parametrize(("variable", "devices"), [("0,1", ["0", "1"]), ("", []), ("-1", [])])
def test_gpus_are_those_that_are_visible(variable, devices, monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", variable)
    assert visible_devices() == devices


def test_cores_are_counted_where_no_system_says_which_are_ours(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 6)
    assert cores() == 6


def test_arrays_are_as_long_as_the_cluster_says(tmp_path, monkeypatch):
    scontrol = tmp_path / "scontrol"
    scontrol.write_text("#!/bin/sh\necho 'MaxArraySize            = 501'\n")
    scontrol.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert max_array_size() == 500


def test_arrays_are_short_where_no_cluster_answers(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert max_array_size() == 1000


def test_tasks_without_devices_are_refused_with_the_way_out():
    check_tasks(1, 1)
    check_tasks(2, 2)
    with pytest.raises(ConfigError, match=r"Pass trainer=ddp trainer\.devices=2"):
        check_tasks(2, 1)


class RayOfTests:
    """What ours relies on of the launcher of Ray."""

    def setup(self, task_function):
        self.task_function = task_function

    def launch(self, jobs, first):
        self.given.append((self.ray_cfg.remote.num_gpus, len(jobs)))
        returns = [JobReturn(overrides=words, status=JobStatus.COMPLETED) for words in jobs]
        for job in returns:
            job._return_value = self.task_function(job.overrides)
        return returns


class SharedRay(ClusterRayLauncher, RayOfTests):
    """Ours, over that."""

    def __init__(self, num_gpus):
        self.ray_cfg = SimpleNamespace(remote=SimpleNamespace(num_gpus=num_gpus))
        self.given = []


@pytest.mark.parametrize(
    ("num_gpus", "visible", "word", "expected"),
    [
        ("auto", "0", "trainer=cuda", [(0.5, 1), (0.25, 2)]),
        ("auto", "0", "trainer=cpu", [(0, 1), (0, 2)]),
        ("auto", "", "trainer=cuda", [(0, 3)]),
        (1, "0", "trainer=cuda", [(1, 3)]),
    ],
)
def test_a_task_of_ray_takes_as_little_of_a_gpu_as_its_memory_allows(
    num_gpus, visible, word, expected, monkeypatch
):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    monkeypatch.setattr(Measured, "__call__", lambda *_: Use(0.5, 15 * 2**30, 80 * 2**30))
    launcher = SharedRay(num_gpus)
    launcher.setup(task_function=lambda _: 0.5)
    found = launcher.launch([[word, f"fold={fold}"] for fold in range(3)], 0)
    assert [job.return_value for job in found] == [0.5] * 3
    assert launcher.given == expected


def test_a_launcher_that_is_not_installed_names_the_extra():
    from hydra_plugins.ser_sweeps.launchers import missing

    with pytest.raises(ConfigError, match=r"pip install 'ser-bench\[ray\]'"):
        missing("ray")()


class Here(BasicLauncher):
    """Give of each job its configuration, and note how many come at once."""

    def __init__(self):
        super().__init__()
        self.at_once = []

    def launch(self, job_overrides, initial_job_idx):
        self.at_once.append(len(job_overrides))
        cfg = OmegaConf.create({"first": initial_job_idx})
        return [JobReturn(overrides=words, cfg=cfg, hydra_cfg=cfg) for words in job_overrides]


def test_a_sweep_keeps_no_configuration_of_jobs_that_are_done():
    sweeper = CellSweeper(max_batch_size=None)
    sweeper.launcher = Here()
    returns = sweeper._launch([["fold=0"], ["fold=1"], ["fold=2"]])
    assert sweeper.launcher.at_once == [1, 1, 1]
    assert [job.overrides for job in returns] == [["fold=0"], ["fold=1"], ["fold=2"]]
    assert not any(job.cfg or job.hydra_cfg for job in returns)

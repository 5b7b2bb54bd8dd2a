"""Launchers on this machine give what one process gives; what a cluster offers is read aright."""

from __future__ import annotations

import os

import pytest
from sweeping import predictions, sweep, table_of

from ser.errors import ConfigError
from ser.sweep.cluster import OneDevice, check_tasks, device_of, max_array_size, visible_devices


def run(emodb, output, *words):
    found = sweep(emodb, output, *words, cv="kfold")
    assert found.returncode == 0, found.stderr
    return table_of(found.stdout)


@pytest.fixture(scope="module")
def alone(emodb, tmp_path_factory):
    """The sweep in one process; gives its output folder and the table at its end."""
    output = tmp_path_factory.mktemp("alone")
    return output, run(emodb, output)


@pytest.mark.parametrize("launcher", ["joblib", "slurm_local"])
def test_a_launcher_gives_the_table_of_a_single_process(launcher, emodb, alone, tmp_path):
    assert run(emodb, tmp_path, f"hydra/launcher={launcher}") == alone[1]
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


def test_a_launcher_that_is_not_installed_names_the_extra():
    from hydra_plugins.ser_sweeps.launchers import missing

    with pytest.raises(ConfigError, match=r"pip install 'ser-bench\[ray\]'"):
        missing("ray")()

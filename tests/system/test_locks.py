"""One process at a time on every file system, and a wait that says for whom and ends."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import subprocess
import sys
import time

import pytest

from ser import storage
from ser.errors import StorageError
from ser.runs.claim import ClaimedError, claim, worker_on
from ser.storage import locked, written_whole
from ser.system import folders, holders, locks
from ser.system.locks import HeldError, held

WITHOUT_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.ESTALE)
EIGHT = """
import errno, fcntl, sys, time
from pathlib import Path
def none(*_): raise OSError(errno.ENOLCK, "No locks available")
fcntl.flock = none
from ser.storage import locked, written_whole
target = Path(sys.argv[1])
with locked(target.with_suffix(".lock")):
    if not target.exists():
        with written_whole(target) as draft:
            with open(target.with_suffix(".built"), "a") as file:
                file.write("x")
            time.sleep(0.3)
            (draft / "content").write_text("whole")
print((target / "content").read_text())
"""


def record(path, age=0.0, **facts):
    path.write_text(json.dumps({"host": "elsewhere", "pid": 1, "since": 0.0, "job": "", **facts}))
    os.utime(path, (time.time() - age,) * 2)


@pytest.fixture(params=WITHOUT_LOCKS, ids=errno.errorcode.get)
def without_locks(request, monkeypatch):
    def refuse(*_):
        raise OSError(request.param, os.strerror(request.param))

    monkeypatch.setattr(fcntl, "flock", refuse)


@pytest.mark.usefixtures("without_locks")
def test_without_locks_a_cell_is_held_by_its_record(tmp_path):
    with claim(tmp_path):
        assert worker_on(tmp_path).pid == os.getpid()
        with pytest.raises(HeldError), held(tmp_path / ".lock", tmp_path / "running.json", 0):
            pytest.fail("held twice")
    assert worker_on(tmp_path) is None


@pytest.mark.usefixtures("without_locks")
def test_without_locks_the_dead_are_in_nobodys_way(tmp_path):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    record(tmp_path / "running.json", host=holders.Holder().host, pid=ended.pid)
    with claim(tmp_path):
        assert worker_on(tmp_path).pid == os.getpid()
    record(tmp_path / "running.json", age=holders.STALE + 1)
    with claim(tmp_path):
        assert [path.name for path in tmp_path.glob(".*draft")] == []


@pytest.mark.usefixtures("without_locks")
def test_without_locks_a_record_that_is_being_written_is_of_somebody_alive(tmp_path):
    place = tmp_path / "running.json"
    place.touch()
    with pytest.raises(HeldError), held(tmp_path / ".lock", place, 0):
        pytest.fail("held twice")
    os.utime(place, (time.time() - locks.WRITING - 1,) * 2)
    with held(tmp_path / ".lock", place, 0):
        assert holders.read_record(place).pid == os.getpid()


@pytest.mark.usefixtures("without_locks")
def test_without_locks_another_machine_keeps_its_cell(tmp_path, monkeypatch):
    monkeypatch.setattr("ser.runs.claim.PATIENCE", 0.0)
    record(tmp_path / "running.json", age=1, pid=7, job="42")
    with pytest.raises(ClaimedError, match="process 7 on elsewhere, job 42"), claim(tmp_path):
        pytest.fail("claimed twice")


def test_of_eight_processes_without_locks_one_builds_and_all_find_it(tmp_path):
    words = [sys.executable, "-c", EIGHT, str(tmp_path / "store")]
    started = [
        subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(8)
    ]
    ends = [process.communicate(timeout=120) for process in started]
    assert [out for out, _ in ends] == ["whole\n"] * 8, ends
    assert (tmp_path / "store.built").read_text() == "x"


def test_a_folder_that_another_process_finished_first_is_kept(tmp_path):
    target = tmp_path / "store"
    with written_whole(target) as draft:
        (draft / "content").write_text("mine")
        target.mkdir()
        (target / "content").write_text("theirs")
        folders._place(draft, target)
        draft.mkdir()
        (draft / "content").write_text("mine")
    assert (target / "content").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


def test_who_waits_says_for_whom_and_stops_at_a_limit(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(storage, "PATIENCE", 0.3)
    monkeypatch.setattr(locks, "WORDS", 0.05)
    record(tmp_path / "a.lock.lock", pid=7)
    told = pytest.raises(StorageError, match="held by process 7 on elsewhere")
    with told, locked(tmp_path / "a.lock"):
        pytest.fail("taken from the living")
    assert "waiting: " in capsys.readouterr().err


def test_a_link_in_the_place_of_a_lock_is_not_followed(tmp_path):
    precious = tmp_path / "precious"
    precious.write_text("content")
    (tmp_path / "cell").mkdir()
    (tmp_path / "cell" / ".lock").symlink_to(precious)
    (tmp_path / "cell" / "running.json").symlink_to(precious)
    assert worker_on(tmp_path / "cell") is None
    with pytest.raises(OSError, match="symbolic"), claim(tmp_path / "cell"):
        pytest.fail("went through the link")
    assert precious.read_text() == "content"


def turn_into_folder(path):
    path.unlink()
    path.mkdir()


def test_a_lock_is_given_back_though_its_record_cannot_be_removed(tmp_path):
    lock, record = tmp_path / ".lock", tmp_path / "running.json"
    with pytest.raises(OSError, match=r"running\.json"), held(lock, record, 0):
        turn_into_folder(record)
    record.rmdir()
    with held(lock, record, 0):
        assert record.exists()


@pytest.mark.parametrize("content", ["", "[]", "{", '{"host": 3}', '{"pid": "x"}', "[" * 10**5])
def test_a_record_that_says_nothing_is_nobodys(tmp_path, content):
    (tmp_path / "running.json").write_text(content)
    assert worker_on(tmp_path) is None
    with claim(tmp_path):
        assert worker_on(tmp_path).pid == os.getpid()

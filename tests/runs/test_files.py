"""Files are there whole or not at all, and what stops them is said in a sentence."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ser.errors import DamageError, StorageError, storage_error
from ser.runs import files
from ser.runs.claim import claim
from ser.runs.files import create_json, read_json, write_bytes, write_json, write_text

GONE = 4194304 + 1  # above the highest process number that Linux gives


def names(folder):
    return sorted(path.name for path in folder.rglob("*"))


def draft_of(path, pid, host=None):
    host = host or files.socket.gethostname()
    draft = path.with_name(f".{path.name}~{host}~{pid}~abc.draft")
    draft.write_text("half")
    return draft


@pytest.mark.parametrize(("owner", "step"), [(os, "fsync"), (Path, "replace")])
def test_a_write_that_fails_leaves_what_was_there_alone(tmp_path, monkeypatch, owner, step):
    path = tmp_path / "run" / "done"
    write_text(path, "old")

    def refuse(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(owner, step, refuse)
    with pytest.raises(StorageError, match=r"run/done cannot be .*No space left.*free some space"):
        write_text(path, "new")
    monkeypatch.undo()
    assert path.read_text() == "old"
    assert names(path.parent) == ["done"]


@pytest.fixture
def synced(monkeypatch):
    """List what is brought to the disk, by its inode."""
    found = []
    real = os.fsync

    def note(handle):
        found.append(os.fstat(handle).st_ino)
        real(handle)

    monkeypatch.setattr(os, "fsync", note)
    return found


def test_file_and_folder_are_on_the_disk_before_the_write_returns(tmp_path, synced):
    write_bytes(tmp_path / "model.ckpt", b"weights")
    assert synced == [(tmp_path / "model.ckpt").stat().st_ino, tmp_path.stat().st_ino]


def test_a_file_that_need_not_last_leaves_its_name_to_the_next_that_does(tmp_path, synced):
    write_bytes(tmp_path / "figures.json", b"{}", durable=False)
    write_bytes(tmp_path / "done", b"{}")
    written = [(tmp_path / name).stat().st_ino for name in ("figures.json", "done")]
    assert synced == [*written, tmp_path.stat().st_ino]


def test_what_is_there_costs_no_draft(tmp_path, synced):
    path = tmp_path / "identity.json"
    path.write_text("{}")
    assert not create_json(path, {"a": 1})
    assert synced == []


@pytest.mark.parametrize("write", [write_json, create_json])
def test_what_a_killed_process_left_of_a_file_is_swept_at_the_next_write(tmp_path, write):
    path = tmp_path / "identity.json"
    draft_of(path, GONE)
    living = draft_of(path, os.getppid())
    elsewhere = draft_of(path, GONE, host="another")
    other = draft_of(tmp_path / "config.yaml", GONE)
    write(path, {"a": 1})
    assert read_json(path) == {"a": 1}
    assert names(tmp_path) == sorted(["identity.json", living.name, elsewhere.name, other.name])


def test_a_killed_process_leaves_a_draft_and_the_next_claim_sweeps_it(tmp_path):
    cell = tmp_path / "fold-00" / "seed-0"
    code = (
        "import os, signal; from pathlib import Path; from ser.runs.files import write_text\n"
        "os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"write_text(Path({str(cell / 'inner-00' / 'folds.json')!r}), 'x' * 1000)"
    )
    subprocess.run([sys.executable, "-c", code], check=False)
    assert [name for name in names(cell) if name.endswith(".draft")]
    with claim(cell):
        assert names(cell) == [".lock", "inner-00", "running.json"]


def test_of_several_writers_one_creates_the_file(tmp_path):
    path = tmp_path / "identity.json"
    assert create_json(path, {"a": 1})
    assert not create_json(path, {"a": 2})
    assert read_json(path) == {"a": 1}
    assert names(tmp_path) == ["identity.json"]


def test_a_file_system_without_links_has_its_files_all_the_same(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    assert create_json(tmp_path / "a.json", 1)
    assert not create_json(tmp_path / "a.json", 2)
    assert read_json(tmp_path / "a.json") == 1


def test_a_file_in_the_place_of_a_folder_is_named(tmp_path):
    (tmp_path / "runs").write_text("")
    with pytest.raises(StorageError, match=r"/runs cannot .* a file lies where a folder belongs"):
        write_text(tmp_path / "runs" / "emodb" / "done", "x")


def test_a_folder_in_the_place_of_a_file_is_named(tmp_path):
    (tmp_path / "done").mkdir()
    with pytest.raises(StorageError, match=r"/done cannot be .*a folder lies where a file belongs"):
        write_text(tmp_path / "done", "x")
    assert names(tmp_path) == ["done"]


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        *((code, "free some space") for code in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)),
        *((code, "get the right to write") for code in (errno.EACCES, errno.EROFS, errno.EPERM)),
        *((code, "check that disk") for code in (errno.EIO, errno.ESTALE)),
        (errno.ENAMETOOLONG, "choose a shorter name"),
    ],
)
def test_every_error_of_the_system_names_the_path_and_a_way_out(code, remedy):
    said = str(storage_error(OSError(code, os.strerror(code), "/runs/x")))
    assert said.startswith(f"/runs/x cannot be read or written ({os.strerror(code)}): {remedy}")
    assert said.endswith("then start the same command again.")


def test_an_error_without_a_number_keeps_its_words():
    assert "the network is down" in str(storage_error(OSError("the network is down")))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b'{"a":', "no JSON"),
        (b"\xff\xfe", "no JSON"),
        (b"[" * 100_000, "JSON"),
    ],
)
def test_what_is_no_json_is_named(tmp_path, content, says):
    (tmp_path / "done").write_bytes(content)
    with pytest.raises(DamageError, match=f"done .*{says}"):
        read_json(tmp_path / "done")


def test_what_is_missing_is_named(tmp_path):
    with pytest.raises(DamageError, match="done is missing"):
        read_json(tmp_path / "done")


def test_json_is_written_as_it_was(tmp_path):
    write_json(tmp_path / "a.json", {"ä": [1, None]})
    assert json.loads((tmp_path / "a.json").read_text()) == {"ä": [1, None]}
    assert (tmp_path / "a.json").stat().st_mode & 0o777 == 0o644

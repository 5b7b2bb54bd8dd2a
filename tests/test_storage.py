"""Folders that are whole or absent, and what a disk refuses in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from ser.errors import StorageError
from ser.storage import locked, sweep, usable, written_whole


def write(target: Path, text: str = "new") -> None:
    with written_whole(target) as draft:
        (draft / "file").write_text(text)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_folder_takes_the_place_of_what_was_there(tmp_path: Path) -> None:
    for text in ("old", "new"):
        write(tmp_path / "target", text)
    assert (tmp_path / "target" / "file").read_text() == "new"
    assert names(tmp_path) == ["target"]


def test_a_file_in_the_place_of_the_folder_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("no folder")
    write(tmp_path / "target")
    assert (tmp_path / "target" / "file").read_text() == "new"


def test_drafts_of_a_killed_process_are_removed_and_those_of_others_stay(tmp_path: Path) -> None:
    for draft in (".target-abcd1234", ".target-2-abcd1234"):
        (tmp_path / draft).mkdir()
    write(tmp_path / "target")
    assert names(tmp_path) == [".target-2-abcd1234", "target"]


def test_drafts_whose_lock_is_held_are_not_swept(tmp_path: Path) -> None:
    for draft in (".held-abcd1234", ".dead-abcd1234"):
        (tmp_path / draft).mkdir()
    with locked(tmp_path / "held.lock"):
        sweep(tmp_path)
    assert [name for name in names(tmp_path) if "-" in name] == [".held-abcd1234"]


def test_a_folder_that_cannot_be_made_is_named_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    target = tmp_path / "file" / "target"
    with pytest.raises(StorageError, match=rf"{target} cannot .*SER_CACHE.*data\.cache"):
        write(target)


def test_a_full_disk_is_named_and_leaves_nothing(tmp_path: Path) -> None:
    def fill() -> None:
        with written_whole(tmp_path / "target"):
            raise OSError(28, "No space left on device")

    with pytest.raises(StorageError, match="No space left"):
        fill()
    assert names(tmp_path) == []


def test_a_lock_that_is_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "target.lock").mkdir()
    with (
        pytest.raises(StorageError, match=r"target\.lock cannot be read or written"),
        locked(tmp_path / "target.lock"),
    ):
        pass


@pytest.mark.parametrize("error", [FileNotFoundError(2, "gone", "/else/where"), TimeoutError()])
def test_what_concerns_another_file_or_a_network_passes(error: OSError, tmp_path: Path) -> None:
    with pytest.raises(type(error)), usable(tmp_path / "target"):
        raise error

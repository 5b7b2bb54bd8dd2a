"""A folder takes its place whole, or nothing is left of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ser.system.folders import whole_folder


def write(target: Path, *, replace: bool) -> None:
    with whole_folder(target, replace=replace) as draft:
        (draft / "file").write_text("new")


@pytest.mark.parametrize("replace", [True, False])
def test_a_new_folder_and_those_above_it_are_made(tmp_path: Path, replace: bool) -> None:
    write(tmp_path / "above" / "target", replace=replace)
    assert [path.name for path in (tmp_path / "above").rglob("*")] == ["target", "file"]


def test_a_folder_with_files_is_replaced_only_if_it_may_be(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.mkdir()
    (target / "file").write_text("old")
    with pytest.raises(OSError, match="not empty"):
        write(target, replace=False)
    assert (target / "file").read_text() == "old"
    write(target, replace=True)
    assert (target / "file").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["target"]


def test_nothing_is_left_of_a_folder_that_was_not_finished(tmp_path: Path) -> None:
    def stop_early() -> None:
        with whole_folder(tmp_path / "target") as draft:
            (draft / "file").write_text("half")
            raise RuntimeError("early")

    with pytest.raises(RuntimeError, match="early"):
        stop_early()
    assert [*tmp_path.iterdir()] == []

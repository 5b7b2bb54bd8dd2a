"""Code of one's own is known by what it says, and by what it imports."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ser.features import MFCC
from ser.system.source import _path, source_digest

FILES = {
    "mine/__init__.py": "",
    "mine/front.py": "import numpy\nfrom mine import scales\nfrom .base import Base\n\n\n"
    "class Front(Base):\n    def apply(self):\n        from mine.late import FACTOR\n"
    "        return FACTOR * scales.LEVEL\n",
    "mine/base.py": "class Base:\n    pass\n",
    "mine/scales.py": "LEVEL = 2\n",
    "mine/late.py": "FACTOR = 3\n",
    "mine/unused.py": "OTHER = 4\n",
}
Digest = Callable[..., str | None]


@pytest.fixture
def digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Digest]:
    """Give a function that writes a package, with changes, and returns the digest of a class."""

    def forget() -> None:
        for name in [name for name in sys.modules if name.partition(".")[0] == "mine"]:
            del sys.modules[name]
        importlib.invalidate_caches()

    def written(folder: str = "project", **changes: str) -> str | None:
        for name, text in FILES.items():
            path = tmp_path / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text + changes.get(path.stem, ""))
        forget()
        with monkeypatch.context() as patch:
            patch.syspath_prepend(tmp_path / folder)
            return source_digest(importlib.import_module("mine.front").Front)

    yield written
    forget()


@pytest.mark.parametrize("edited", ["front", "base", "scales", "late"])
def test_an_edit_of_the_class_or_of_what_it_imports_is_noticed(edited: str, digest: Digest) -> None:
    before = digest()
    assert digest(**{edited: "# edited\n"}) != before


def test_an_edit_of_a_module_that_is_not_imported_changes_nothing(digest: Digest) -> None:
    before = digest()
    assert digest(unused="# edited\n") == before


def test_a_project_in_another_folder_is_the_same_code(digest: Digest) -> None:
    assert digest("here") == digest("there")


def test_a_class_of_the_package_has_a_version_instead() -> None:
    assert source_digest(MFCC) is None


def test_a_class_typed_at_a_prompt_is_known_by_what_it_compiles_to() -> None:
    digests = []
    for factor in (2, 2, 3):
        typed = {"__name__": "prompt"}
        exec(f"class Mine:\n    def apply(self, x):\n        return {factor} * x\n", typed)
        digests.append(source_digest(typed["Mine"]))
    assert digests[0] == digests[1] != digests[2]


@pytest.mark.parametrize(
    ("note", "noticed"),
    [
        ('{"url": "file://FOLDER", "dir_info": {}}', True),
        ('{"url": "file:///home/of/a/release", "dir_info": {}}', False),
        ('{"url": "https://index.example/mine.whl", "archive_info": {}}', False),
        ("no JSON", False),
        ('{"dir_info": {}}', False),
        ("[]", False),
    ],
)
def test_a_package_installed_from_a_folder_that_is_here_is_code_of_ones_own(
    note: str, noticed: bool, digest: Digest, tmp_path: Path
) -> None:
    about = tmp_path / "site-packages" / "mine-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "direct_url.json").write_text(note.replace("FOLDER", str(tmp_path)))
    (about / "RECORD").write_text("mine/__init__.py,,\nmine/front.py,,\n")
    before = digest("site-packages")
    assert (digest("site-packages", late="# edited\n") != before) == noticed


@pytest.mark.parametrize(
    ("url", "path"),
    [("file:///home/me/my%20net", "/home/me/my net"), ("file:///C:/my%20net", "C:/my net")],
)
def test_a_folder_is_where_its_url_says_on_every_system(url: str, path: str) -> None:
    assert _path(url) == path

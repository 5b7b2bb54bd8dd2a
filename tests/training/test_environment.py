"""Where a training runs is written down whatever is missing there: nothing of it may fail."""

from importlib.metadata import PackageNotFoundError

import pytest

import ser
from ser.training import environment as written


@pytest.fixture(autouse=True)
def anew():
    """Ask again, in this test and after it."""
    written.environment.cache_clear()
    yield
    written.environment.cache_clear()


def test_without_git_there_is_no_revision(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert written.environment()["git"] is None


def test_of_a_source_tree_that_is_not_installed_the_version_is_known_all_the_same(monkeypatch):
    def version(package):
        raise PackageNotFoundError(package)

    monkeypatch.setattr(written, "version", version)
    found = written.environment()["versions"]
    assert found.pop("ser") == ser.__version__
    found.pop("python")
    assert set(found.values()) == {"not installed"}

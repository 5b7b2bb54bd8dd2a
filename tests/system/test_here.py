"""Modules of the folder that a command is started in are found, after all others."""

import sys
from importlib import import_module

from ser.system.here import find_modules_here


def test_a_module_of_this_folder_is_found_and_hides_no_other(tmp_path, monkeypatch):
    (tmp_path / "my_own_corpus.py").write_text("name = 'mine'")
    (tmp_path / "tabnanny.py").write_text("name = 'mine'")  # as a module of Python's own
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [place for place in sys.path if place])
    for name in ("my_own_corpus", "tabnanny"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    find_modules_here()
    assert import_module("my_own_corpus").name == "mine"
    assert not hasattr(import_module("tabnanny"), "name")
    assert sys.path.count(str(tmp_path)) == 1
    find_modules_here()
    assert sys.path.count(str(tmp_path)) == 1

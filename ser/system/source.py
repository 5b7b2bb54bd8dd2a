"""The code of classes that are not of this package, as a digest that changes when it is edited.

Code of this package is known by versions that tests guard. Nobody keeps one for a class of one's
own: what stands for it is the source of its module and of the modules of one's own that this
imports. Imports from installed packages are left out: they do not change while one works. A
package that was installed from a folder of one's own does, and is none of these.
"""

from __future__ import annotations

import ast
import hashlib
import inspect
import json
import re
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import find_spec, resolve_name
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import unquote, urlsplit

from ser.system.values import parts_of

PACKAGE = __name__.partition(".")[0]
LIBRARY = Path(sysconfig.get_path("stdlib")).resolve()
INSTALLED = {"site-packages", "dist-packages"}


def is_ours(kind: type) -> bool:
    """Whether a class is of this package."""
    return kind.__module__.partition(".")[0] == PACKAGE


def source_digest(kind: type) -> str | None:
    """Digest of the code of a class of one's own, its bases included.

    What a module reads from files, or imports by a name that it makes up as it runs, is not a
    part of the digest.

    Args:
        kind: Any class.

    Returns:
        SHA-256 in hexadecimal; None for a class of this package.
    """
    if is_ours(kind):
        return None
    files: dict[Path, bytes] = {}
    digest = hashlib.sha256()
    for base in kind.__mro__:
        if _known(top := base.__module__.partition(".")[0]) or top == "torch":
            continue
        digest.update(f"{base.__module__}.{base.__qualname__}".encode())
        path = _file(base.__module__)
        if path is None:  # a notebook or a prompt
            digest.update((_text(base) + values_digest(base)).encode())
        else:
            _collect(path, base.__module__, files)
    for content in sorted(files.values()):
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()


def values_digest(*values: Any) -> str:
    """Digest of what classes and functions of one's own work with beside their source.

    Args:
        values: Classes, functions, and whatever plain values there are beside these.

    Returns:
        SHA-256 in hexadecimal.
    """
    digest, released = hashlib.sha256(), cache(is_installed)
    for part in parts_of(values, lambda value: not released(_module_of(value))):
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()


def _module_of(value: Any) -> str:
    name = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", None)
    return name if isinstance(name, str) else PACKAGE


def _collect(path: Path, name: str, files: dict[Path, bytes]) -> None:
    """Read a file of source, and those of one's own that it imports."""
    if path in files:
        return
    files[path] = path.read_bytes()
    package = name if path.stem == "__init__" else name.rpartition(".")[0]
    for imported in _imports(files[path], package):
        found = None if is_installed(imported) else _file(imported)
        if found is not None:
            _collect(found, imported, files)


def _imports(source: bytes, package: str) -> Iterator[str]:
    """Yield the names of everything that may be a module, wherever it is imported."""
    with suppress(SyntaxError):  # no Python, such as a compiled module
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                with suppress(ImportError):
                    base = resolve_name("." * node.level + (node.module or ""), package)
                    yield from (base, *(f"{base}.{alias.name}" for alias in node.names))


def is_installed(name: str) -> bool:
    """Whether a module belongs to this package, to Python or to a package that others release."""
    top = name.partition(".")[0]
    path = _file(top)
    if _known(top) or path is None:
        return _known(top)
    site = next((each for each in path.parents if each.name in INSTALLED), None)
    return LIBRARY in path.parents if site is None else not _is_from_folder(top, site)


@cache
def _is_from_folder(top: str, site: Path) -> bool:
    """Whether a package was installed from a folder that is here, as ``pip install .`` does.

    PEP 610 says where that is noted. Those who release packages leave folders of their machines.
    """
    for note in site.glob("*.dist-info/direct_url.json"):
        with suppress(OSError, ValueError, LookupError, TypeError):  # no such note as PEP 610 has
            said = json.loads(note.read_text())
            if "dir_info" in said and Path(_path(said["url"])).is_dir():
                files = note.with_name("RECORD").read_text(errors="replace").splitlines()
                if any(line.startswith((f"{top}/", f"{top}.py,")) for line in files):
                    return True
    return False


def _path(url: str) -> str:
    """Path of a folder, whose URL has a slash before the drive on Windows."""
    path = unquote(urlsplit(url).path)
    return path[1:] if re.match("/[A-Za-z]:", path) else path


def _known(top: str) -> bool:
    return top == PACKAGE or (top in sys.stdlib_module_names and top != "__main__")


def _file(name: str) -> Path | None:
    """File of a module, whether it was imported already or not; None if it has none."""
    found = getattr(sys.modules.get(name), "__file__", None)
    if found is None:
        spec = _spec(name)
        found = spec.origin if spec and spec.has_location else None
    return Path(found).resolve() if found and Path(found).is_file() else None


def _spec(name: str) -> ModuleSpec | None:
    """Where a module is, without importing the packages around it."""
    parent = name.rpartition(".")[0]
    if not parent:
        with suppress(ImportError, ValueError):
            return find_spec(name)
        return None
    around = _spec(parent)
    places = around.submodule_search_locations if around else None
    return PathFinder.find_spec(name, list(places)) if places else None


def _text(kind: type) -> str:
    """Source of a class that has no file, where it is kept."""
    try:
        return inspect.getsource(kind)
    except (OSError, TypeError):
        return ""

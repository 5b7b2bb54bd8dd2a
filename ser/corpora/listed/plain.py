"""Load a database of audformat from what is plain in it: the package itself runs code of its files.

Its reader of ``db.yaml`` builds whatever objects are named there, and pickles go before tables.
"""

from __future__ import annotations

import shutil
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

from ser.errors import CorpusError
from ser.system.reading import read_whole

HEADER = "db.yaml"
LONGEST = 2**26  # bytes of a header
TABLES, PICKLE = (".csv", ".parquet"), ".pkl"
KINDS = ("tables", "misc_tables")


def load_plain(root: Path, audformat: Any) -> Any:
    """Load a database from its header and its tables in CSV or parquet.

    Args:
        root: Folder of the database.
        audformat: The package.

    Raises:
        CorpusError: If the header would run code, or a table is lost, or there as a pickle alone.
    """
    header = read_whole(root / HEADER, LONGEST)
    tables = [path for path in root.glob("db.*") if path.suffix in TABLES]
    _refuse_lost(root, _names_in(root, header) - {path.stem for path in tables})
    with tempfile.TemporaryDirectory(prefix="ser-audformat-") as folder:
        Path(folder, HEADER).write_bytes(header)
        for path in tables:
            shutil.copyfile(path, Path(folder, path.name))
        return audformat.Database.load(folder, load_data=True, verbose=False)


def _names_in(root: Path, header: bytes) -> set[str]:
    """Names of the files of all tables, without their endings; builds nothing but plain values."""
    yaml: Any = import_module("yaml")
    try:
        content = yaml.load(header, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.constructor.ConstructorError as error:
        raise CorpusError(
            f"{root / HEADER} holds more than plain values ({error.problem}), which could run code "
            "as it is read; get the database anew from whoever made it."
        ) from error
    known = content if isinstance(content, dict) else {}
    return {f"db.{name}" for kind in KINDS for name in known.get(kind) or ()}


def _refuse_lost(root: Path, lost: set[str]) -> None:
    for name in sorted(lost):
        if (pickled := root / f"{name}{PICKLE}").exists():
            raise CorpusError(
                f"{pickled} is a pickle, which could run code as it is read, and no table in CSV "
                "or parquet is beside it; save the database with storage_format='csv'."
            )
        raise CorpusError(
            f"{root} has no {name}.csv or {name}.parquet, which its {HEADER} names; get a fresh "
            "copy of the database."
        )

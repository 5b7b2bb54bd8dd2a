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


def load_plain(root: Path, audformat: Any) -> Any:
    """Load a database from its header and its tables in CSV or parquet.

    Args:
        root: Folder of the database.
        audformat: The package.

    Raises:
        CorpusError: If the header would run code, or a table is a pickle alone.
    """
    header = read_whole(root / HEADER, LONGEST)
    _refuse_objects(root, header)
    tables = [path for path in root.glob("db.*") if path.suffix in TABLES]
    _refuse_pickles(root, {path.stem for path in tables})
    with tempfile.TemporaryDirectory(prefix="ser-audformat-") as folder:
        Path(folder, HEADER).write_bytes(header)
        for path in tables:
            shutil.copyfile(path, Path(folder, path.name))
        return audformat.Database.load(folder, load_data=True, verbose=False)


def _refuse_objects(root: Path, header: bytes) -> None:
    yaml: Any = import_module("yaml")
    try:
        yaml.load(header, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.constructor.ConstructorError as error:
        raise CorpusError(
            f"{root / HEADER} holds more than plain values ({error.problem}), which could run code "
            "as it is read; get the database anew from whoever made it."
        ) from error


def _refuse_pickles(root: Path, tables: set[str]) -> None:
    alone = sorted(path.name for path in root.glob(f"db.*{PICKLE}") if path.stem not in tables)
    if alone:
        raise CorpusError(
            f"{root / alone[0]} is a pickle, which could run code as it is read, and no table in "
            "CSV or parquet is beside it; save the database with storage_format='csv'."
        )

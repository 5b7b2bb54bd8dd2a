"""Audio within parquet files, as Hugging Face has it: unpacked once, to files of their own."""

from __future__ import annotations

import csv
import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ser.corpora.named.names import Names
from ser.errors import CorpusError, in_a_line
from ser.storage import cache_root, locked, written_whole

BATCH = 64  # rows that are in memory at once
ENDINGS = {b"RIFF": ".wav", b"fLaC": ".flac", b"OggS": ".ogg"}  # by the first bytes of a file


def unpacked(files: Sequence[Path], names: Names, table: str) -> Path:
    """Give the folder of the audio of parquet files; it is made if it is not there yet.

    Args:
        files: Parquet files, with a column of ``{"bytes": …, "path": …}``.
        names: What the files of the corpus are called.
        table: Name of a table of all other columns, which is written beside the audio.

    Raises:
        CorpusError: If they are no parquet or damaged, or there is no reader of it.
        StorageError: If the disk refuses to be written to.
    """
    folder = cache_root("unpacked", _digest(files, names, table))
    with locked(folder.with_name(f".{folder.name}.lock")):
        if not folder.exists():
            with written_whole(folder) as draft:
                _unpack(files, names, draft, draft / table)
    return folder


def _digest(files: Sequence[Path], names: Names, table: str) -> str:
    """What tells these files from others, themselves written anew, and the same ones by others."""
    states = [(os.path.realpath(p), s.st_size, s.st_mtime_ns) for p in files for s in [p.stat()]]
    return hashlib.sha256(repr((states, names.form, table)).encode()).hexdigest()[:16]


def _unpack(files: Sequence[Path], names: Names, folder: Path, table: Path) -> None:
    with table.open("w", encoding="utf-8", newline="") as target:
        rows: csv.DictWriter[str] | None = None
        for row in (row for file in files for row in _rows(file)):
            texts = {key: value for key, value in row.items() if isinstance(value, (str, int))}
            rows = rows or _writer(target, texts)
            rows.writerow(texts)
            _write(folder, row, [str(text) for text in texts.values()], names)


def _writer(target: Any, row: dict[str, Any]) -> csv.DictWriter[str]:
    writer = csv.DictWriter(target, list(row), "", "ignore", delimiter="\t")
    writer.writeheader()
    return writer


def _write(folder: Path, row: dict[str, Any], texts: list[str], names: Names) -> None:
    """Write the audio of a row under the first of its texts that is a name of the corpus."""
    audio = next((v for v in row.values() if isinstance(v, dict) and v.get("bytes")), None)
    if not audio:
        return
    called = (names.match(Path(text)) for text in [audio.get("path") or "", *texts])
    if said := next(filter(None, called), None):
        place = folder / f"{said['id']}{ENDINGS.get(audio['bytes'][:4], '.mp3')}"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(audio["bytes"])


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    try:
        from pyarrow import ArrowInvalid, parquet  # noqa: PLC0415 - not needed elsewhere
    except ImportError as error:
        raise CorpusError(
            f"{file} holds audio within parquet, which needs a reader: pip install pyarrow."
        ) from error
    try:
        for batch in parquet.ParquetFile(file).iter_batches(BATCH):
            yield from batch.to_pylist()
    except (ArrowInvalid, OSError) as error:
        raise CorpusError(
            f"{file} cannot be read as parquet ({in_a_line(error)}); get it again."
        ) from error

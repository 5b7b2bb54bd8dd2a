"""What ``input=`` names: a file, a folder, a pattern, a list, several of these, standard input."""

from __future__ import annotations

import codecs
import csv
import os
import shutil
from collections.abc import Iterator, Sequence
from glob import glob, has_magic
from io import StringIO
from pathlib import Path
from typing import BinaryIO

from ser.errors import AudioError, storage_errors
from ser.system.litter import is_litter
from ser.system.marks import by_mark
from ser.system.paths import expanded

STDIN = "-"
LISTS = (".txt", ".csv", ".tsv", ".lst")
START = "start"  # s, of a stretch of a file
COLUMNS = (
    *("file", "path", "filename", "file_name", "file_path", "filepath", "audio", "audio_file"),
    *("audio_path", "wav", "wav_path", "clip"),
)
SOUNDS = {
    *(".wav", ".wave", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".mp2", ".mp1", ".aif", ".aiff"),
    *(".aifc", ".au", ".snd", ".caf", ".w64", ".rf64", ".voc", ".sph", ".nist", ".svx", ".iff"),
}
HEAD = 4096  # bytes of standard input that say whether it is text


def split(text: str) -> list[str]:
    """Take ``[a.wav,b.wav]`` apart; a name with a comma stands in double quotes there.

    Whatever is the name of a file stays whole.

    Example:
        >>> split('[a.wav,"b, c.wav"]')
        ['a.wav', 'b, c.wav']
    """
    if os.path.lexists(expanded(text)) or not (text.startswith("[") and text.endswith("]")):
        return [text]
    names = next(csv.reader([text[1:-1]], skipinitialspace=True), [])
    return [name.strip() for name in names if name.strip()]


def find(text: str) -> list[Path]:
    """List the files that a word names, each once, in order.

    Args:
        text: As ``input=`` takes it.

    Raises:
        AudioError: If a folder, pattern or list has no audio file.
    """
    return list(dict.fromkeys(path for word in split(text) for path in _named(word)))


def matches(path: Path) -> list[Path]:
    """Paths that match a pattern; whatever exists, or is none, is taken as it is."""
    if os.path.lexists(path) or not has_magic(str(path)):
        return [path]
    return sorted(map(Path, glob(str(path), recursive=True)))  # noqa: PTH207 - that has no root


def is_one(text: str) -> bool:
    """Whether a word names a single audio file, and neither a folder, a pattern nor a list."""
    words = split(text)
    return len(words) == 1 and _kind(expanded(words[0])) == "file"


def from_stream(stream: BinaryIO, folder: Path) -> list[Path]:
    r"""Read standard input: a path a line, or the bytes of one audio file.

    Bytes are taken for audio if one of the first 4096 is 0, as in every audio file and no name.

    Args:
        stream: Standard input.
        folder: Where the bytes of an audio file are put for as long as they are needed.

    Raises:
        AudioError: If nothing comes.
    """
    head = stream.read(HEAD)
    if b"\0" not in head:
        lines = os.fsdecode(head + stream.read()).splitlines()
        return _checked([expanded(line) for line in lines if line.strip()], "standard input")
    path = folder / "stdin"
    with storage_errors(folder), path.open("wb") as file:
        file.write(head)
        shutil.copyfileobj(stream, file)
    return [path]


def _named(word: str) -> list[Path]:
    path = expanded(word)
    kind = _kind(path)
    if kind == "folder":
        return _checked(list(_below(path)), f"{path} and below it", ", by suffix")
    if kind == "pattern":
        found = matches(path)
        files = [file for each in found for file in (_below(each) if each.is_dir() else [each])]
        return _checked(files, f"what {word} matches")
    return _listed(path) if kind == "list" else [path]


def _kind(path: Path) -> str:
    if path.is_dir():
        return "folder"
    if not os.path.lexists(path) and has_magic(str(path)):
        return "pattern"
    return "list" if path.suffix.lower() in LISTS else "file"


def _below(folder: Path) -> Iterator[Path]:
    """Audio files in and below a folder, by their suffix; what a system hides there is none."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not is_litter(name))
        for name in sorted(names):
            if Path(name).suffix.lower() in SOUNDS and not is_litter(name):
                yield Path(place, name)


def _listed(path: Path) -> list[Path]:
    """Files that a list names, a line each; relative to the list, or else to where one is.

    A line of plain text that begins with ``#`` is a remark, unless a file beside it is called so.
    """
    with storage_errors(path):
        text = _decoded(path.read_bytes())
    plain = path.suffix.lower() in (".txt", ".lst")
    try:
        names = [name.strip() for name in (text.splitlines() if plain else _column(path, text))]
    except csv.Error as error:
        raise AudioError(
            f"{path} is no table ({error}); correct it, or list files in .txt."
        ) from error
    remarks = {name for name in names if plain and name.startswith("#") and not _is_at(path, name)}
    return _checked(
        [_beside(path, name) for name in names if name and name not in remarks], str(path)
    )


def _decoded(content: bytes) -> str:
    """Text of a list: by its byte order mark, or else as the system writes names of files."""
    text = by_mark(content)
    return os.fsdecode(content.removeprefix(codecs.BOM_UTF8)) if text is None else text


def _column(path: Path, text: str) -> list[str]:
    """Give the column of files of a table: by its heading, or else the first one.

    Raises:
        AudioError: If the table lists stretches of files, which would be taken for whole ones.
    """
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    rows = [row for row in csv.reader(StringIO(text), delimiter=separator) if row]
    heading = ["_".join(cell.lower().split()) for cell in rows[0]] if rows else []
    known = next((heading.index(name) for name in COLUMNS if name in heading), None)
    if known is None and not _is_headed(path, rows):
        return [row[0] for row in rows]
    files = _cells(rows[1:], known or 0)
    if START in heading:
        _refuse_stretches(path, files, _cells(rows[1:], heading.index(START)))
    return files


def _cells(rows: Sequence[Sequence[str]], at: int) -> list[str]:
    return [row[at] for row in rows if len(row) > at]


def _is_headed(path: Path, rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row of a table is a heading: it names no file, and the second does.

    What has a suffix or a folder is no heading: an absent file would go without a word.
    """
    first, second = [row[0].strip() for row in rows[:2]] if len(rows) > 1 else ("", "")
    like_a_file = Path(first).suffix or Path(first).name != first
    if like_a_file or _is_file(path, first):
        return False
    return Path(second).suffix.lower() in SOUNDS or _is_file(path, second)


def _is_file(path: Path, name: str) -> bool:
    """Whether a list names something that is there and no folder."""
    found = _beside(path, name)
    return os.path.lexists(found) and not found.is_dir()


def _refuse_stretches(path: Path, files: Sequence[str], starts: Sequence[str]) -> None:
    later = any(set(start) & set("123456789") for start in starts)
    if later or len(set(files)) < len(files):
        raise AudioError(
            f"{path} lists stretches of files, by its column {START}, and whole files are judged: "
            "leave that column out, or write each stretch to a file of its own."
        )


def _beside(path: Path, name: str) -> Path:
    given = expanded(name)
    beside = path.parent / given
    return beside if os.path.lexists(beside) or not os.path.lexists(given) else given


def _is_at(path: Path, name: str) -> bool:
    """Whether something of this name lies beside a list."""
    return os.path.lexists(path.parent / name)


def _checked(paths: list[Path], where: str, how: str = "") -> list[Path]:
    if not paths:
        raise AudioError(f"no audio file is in {where}{how}; name one, or a folder of them.")
    return paths

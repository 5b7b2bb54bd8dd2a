"""A corpus of one's own, from one table."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ser.corpora.listed.base import Listed, Probe
from ser.corpora.listed.columns import columns_of, given_columns
from ser.corpora.listed.emotions import Wanted
from ser.corpora.listed.files import Line, lines_of
from ser.errors import ConfigError
from ser.system.paths import expanded


class Table(Listed):
    """A corpus that a table lists, a row an utterance.

    The table has the columns ``path``, ``emotion`` and ``speaker``, and may have ``id``,
    ``sentence``, ``session``, ``sex``, ``style``, ``age``, ``language``, ``start`` and ``end`` in
    seconds, and ``split``, the folds of ``cv=predefined``. Others are ignored.

    Args:
        file: CSV with ``,``, ``;`` or tabs, JSON lines, or parquet.
        root: Folder that paths are relative to; None takes that of the file.
        name: What the corpus is called; None takes the name of the file.
        columns: Names of your columns by those above, such as ``{"path": "wav"}``.
        emotions: All emotions in class order; or a mapping from those of the table, in which
            None leaves one out and ``"*"`` stands for the rest; None takes all, in alphabetical
            order.
        probe: As in ``Listed``.

    Raises:
        ConfigError: If no file is given.
    """

    def __init__(
        self,
        file: str | Path | None,
        root: str | Path | None = None,
        *,
        name: str | None = None,
        columns: Mapping[str, str] | str | None = None,
        emotions: Wanted = None,
        probe: Probe | None = None,
    ) -> None:
        if file is None:
            raise ConfigError(
                "data=table needs data.file=…: a CSV with the columns path, emotion and speaker."
            )
        path = expanded(file)
        folder = expanded(root) if root else path.parent
        super().__init__(path, folder, name or path.stem, emotions, probe)
        self._given = given_columns(columns)

    def lines(self) -> list[Line]:
        """Rows of the table."""
        return lines_of(self.place)

    def columns(self) -> Mapping[str, str]:
        """Columns of the table, by what they hold."""
        present = dict.fromkeys(name for line in self._lines for name in line.values)
        return columns_of(self.place, present, self._given)

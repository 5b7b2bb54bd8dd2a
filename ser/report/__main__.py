"""``python -m ser.report RUNS…``: tables, Markdown, LaTeX and a page of all runs below RUNS.

The work is in ``ser.report.job``.

Example: ``python -m ser.report runs/emodb --output report``
"""

from __future__ import annotations

from collections.abc import Sequence

from ser.system.door import door


@door("files are written whole or not at all")
def main(words: Sequence[str] | None = None) -> None:
    """Report the runs that the command line names."""
    from ser.report.job import main as job

    job(words)


if __name__ == "__main__":
    main()

"""``python -m ser.report RUNS…``: tables, Markdown, LaTeX and a page of all runs below RUNS.

Example: ``python -m ser.report runs/emodb --output report``
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ser.system.door import door
from ser.system.orders import Orders
from ser.system.paths import expanded


@door("files are written whole or not at all")
def main(words: Sequence[str] | None = None) -> None:
    """Report the runs that the command line names."""
    from ser.errors import SerError  # noqa: PLC0415 - a door has no weight
    from ser.evaluation.ranking import orders  # noqa: PLC0415
    from ser.report.write import write_report  # noqa: PLC0415
    from ser.system.terminal import Terminal  # noqa: PLC0415

    chosen = _parser(orders()).parse_args(words)
    terminal = Terminal()
    try:
        write_report(chosen.runs, chosen.output, chosen.sort, terminal.print)
    except SerError as error:
        raise SystemExit(f"error: {error}") from error
    terminal.say(f"Written to {chosen.output}: report.html, report.md, report.tex")


def _parser(orders: Sequence[str]) -> Orders:
    parser = Orders(
        "python -m ser.report",
        description="Recompute the figures of finished runs from their predictions, and write "
        "them as a table, Markdown, LaTeX and one HTML page.",
    )
    parser.add_argument("runs", nargs="+", type=expanded, help="folders of runs, or above them")
    parser.add_argument(
        "--output",
        type=expanded,
        default=Path("report"),
        help="folder to write to (default: report)",
    )
    parser.add_argument(
        "--sort",
        choices=orders,
        default=orders[0],
        help="order of the runs; to rank by a figure is to select on test, and is stamped so",
    )
    return parser


if __name__ == "__main__":
    main()

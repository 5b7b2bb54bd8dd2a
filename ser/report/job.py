"""The job of ``python -m ser.report``: report the runs that its words name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ser.errors import SerError
from ser.evaluation.ranking import orders
from ser.report.write import write_report
from ser.system.orders import Orders
from ser.system.paths import expanded
from ser.system.terminal import Terminal


def main(words: Sequence[str] | None = None) -> None:
    """Report the runs that the command line names; a mistake ends with one sentence."""
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

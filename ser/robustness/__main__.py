"""``python -m ser.robustness RUNS…``: how a run answers other recordings of what it held out.

The work is in ``ser.robustness.job``.

Example: ``python -m ser.robustness runs/emodb/cnn1d/stratified``
"""

from __future__ import annotations

from collections.abc import Sequence

from ser.system.door import door
from ser.system.here import find_modules_here
from ser.system.orders import Orders
from ser.system.paths import expanded


@door("runs that were judged keep their robustness.csv")
def main(words: Sequence[str] | None = None) -> None:
    """Judge the runs that the command line names; a mistake ends with one sentence."""
    find_modules_here()
    chosen = _parser().parse_args(words)
    from ser.robustness.job import main as job

    job(chosen.runs, chosen.root and str(chosen.root))


def _parser() -> Orders:
    parser = Orders(
        "python -m ser.robustness",
        description="Record the held-out utterances of finished runs in other ways (another rate, "
        "MP3, quieter, silence around, telephone, noise), have the models of their folds judge "
        "them, and write robustness.csv into each run, which ser.report shows.",
    )
    parser.add_argument("runs", nargs="+", type=expanded, help="folders of runs, or above them")
    parser.add_argument(
        "--root",
        type=expanded,
        help="folder of the corpus, with its table if it has one, where it is no longer where the "
        "run had it",
    )
    return parser


if __name__ == "__main__":
    main()

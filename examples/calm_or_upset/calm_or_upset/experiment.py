"""``python -m calm_or_upset.experiment``: cross-validate over speakers, and write the report."""

from __future__ import annotations

from pathlib import Path

import ser
from calm_or_upset import Calls, Contour, Pooled
from calm_or_upset.recordings import write
from ser.data import CorpusDataModule


def run(root: Path, output: Path, max_epochs: int = 20) -> ser.CrossValidation:
    """Train and test the network on each speaker in turn.

    Args:
        root: Folder of the calls.
        output: Folder for the run and the report.
        max_epochs: Epochs to train for at most.
    """
    data = CorpusDataModule(Calls(root), Contour(), "speaker", batch_size=8)
    result = ser.cross_validate(data, Pooled, max_epochs=max_epochs, output=output / "runs")
    result.report(output / "report")
    return result


def main() -> None:
    """Make recordings, and run on them."""
    result = run(write(Path("calls")), Path())
    result.show()


if __name__ == "__main__":
    main()

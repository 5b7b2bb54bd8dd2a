"""The confusion matrix of a run as a PNG, beside its predictions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from ser.evaluation.figures import confusion
from ser.runs.predictions import labels_of


def draw_confusion(predictions: pd.DataFrame, path: Path, title: str, notes: Sequence[str]) -> None:
    """Draw the confusion matrix, stamped with what a reader must know.

    Args:
        predictions: Predictions of a run.
        path: PNG file to write.
        title: What was run.
        notes: What a reader must know to judge the matrix.
    """
    import matplotlib as mpl  # noqa: PLC0415 - slow to import, and only needed at the end

    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415 - after the backend is chosen

    labels = list(labels_of(predictions))
    matrix = confusion(predictions, labels)
    share = matrix / matrix.sum(1, keepdims=True).clip(min=1)
    figure, axes = plt.subplots(figsize=(7, 6.5), layout="constrained")
    image = axes.imshow(share, cmap="cividis", vmin=0, vmax=1)
    axes.set_xticks(range(len(labels)), labels, rotation=45, ha="right")
    axes.set_yticks(range(len(labels)), labels)
    axes.set(xlabel="predicted", ylabel="true", title=title)
    for (row, column), count in np.ndenumerate(matrix):
        shade = "black" if share[row, column] > 0.5 else "white"  # noqa: PLR2004 - mid scale
        axes.text(column, row, str(count), ha="center", va="center", color=shade)
    figure.colorbar(image, label="share of the true emotion", shrink=0.8)
    figure.supxlabel("\n".join(notes), fontsize=8)
    draft = path.with_name(f".{path.name}")
    figure.savefig(draft, format="png", dpi=120)
    plt.close(figure)
    draft.replace(path)

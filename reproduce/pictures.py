"""Pictures of the evidence, each stamped with the predictions that it was drawn from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path

from reproduce.regimes import UNITS, jobs, measured, new_in_test
from ser.errors import RunError
from ser.report.drawings.confusion import save_confusion
from ser.runs.checked import read_predictions
from ser.runs.layout import PREDICTIONS

STAMP = "predictions-sha256"  # key of a text chunk of the PNG
MAIN = Path("emodb/cnn1d/stratified")


def draw(results: Path) -> list[Path]:
    """Draw every picture anew, and stamp it.

    Args:
        results: Folder of run folders.

    Returns:
        The pictures.

    Raises:
        RunError: If a run has no evidence that one is drawn from.
    """
    for name, make in PICTURES.items():
        _refuse_missing(results, name)
        make(results, results / name)
        stamp(results / name, digest_of(results, name))
    return [results / name for name in PICTURES]


def _refuse_missing(results: Path, name: str) -> None:
    missing = [run for run in SOURCES[name] if not (results / run / PREDICTIONS).is_file()]
    if missing:
        raise RunError(
            f"{name} is drawn from {missing[0]} too, which {results} lacks; train that run and "
            "keep its evidence first, or leave --pictures out."
        )


def digest_of(results: Path, name: str) -> str:
    """SHA-256 of the predictions that a picture is drawn from.

    Args:
        results: Folder of run folders.
        name: Name of the picture, below that folder.
    """
    digest = hashlib.sha256()
    for run in SOURCES[name]:
        digest.update((results / run / PREDICTIONS).read_bytes())
    return digest.hexdigest()


def stamp(picture: Path, digest: str) -> None:
    """Write a digest into a PNG; the pixels stay as they are."""
    from PIL import Image  # noqa: PLC0415 - slow to import
    from PIL.PngImagePlugin import PngInfo  # noqa: PLC0415

    text = PngInfo()
    text.add_text(STAMP, digest)
    with Image.open(picture) as image:
        image.load()
        image.save(picture, pnginfo=text, optimize=True)


def stamp_of(picture: Path) -> str | None:
    """Digest that a PNG was stamped with."""
    from PIL import Image  # noqa: PLC0415

    with Image.open(picture) as image:
        found: str | None = image.info.get(STAMP)
    return found


def draw_main(results: Path, path: Path) -> None:
    """Draw the confusion matrix of the main job."""
    content = json.loads((results / MAIN / "metrics.json").read_text(encoding="utf-8"))
    save_confusion(read_predictions(results / MAIN), path, content["run"], content["notes"])


def draw_regimes(results: Path, path: Path) -> None:
    """Draw the UAR of one network under every regime, with its intervals over speakers."""
    import matplotlib as mpl  # noqa: PLC0415 - slow to import

    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415 - after the backend is chosen

    known = measured(results)
    names = [f"{regime.name}\nnew: {new_in_test(regime.name)}" for regime in known]
    uar = [100 * regime.pooled["uar"] for regime in known]
    spans = [regime.spans[UNITS.index("speaker")] for regime in known]
    arms = [
        [value - 100 * low for value, (low, _) in zip(uar, spans, strict=True)],
        [100 * high - value for value, (_, high) in zip(uar, spans, strict=True)],
    ]
    apart = ["speaker" in new_in_test(regime.name) for regime in known]
    shades = ["#0072b2" if new else "#a6d5f0" for new in apart]
    figure, axes = plt.subplots(figsize=(7.5, 3.6), layout="constrained")
    axes.barh(names, uar, xerr=arms, color=shades, capsize=3, ecolor="#333333")
    for row, (value, new) in enumerate(zip(uar, apart, strict=True)):
        axes.text(1, row, f"{value:.1f} %", va="center", color="white" if new else "black")
    axes.invert_yaxis()
    axes.set(xlim=(0, 100), xlabel="UAR in %, with its 95 % interval over speakers")
    axes.set_title("EmoDB, 1D CNN, protocol=honest: dark where the speaker is new", fontsize=10)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, format="png", dpi=120)
    plt.close(figure)


PICTURES: Mapping[str, Callable[[Path, Path], None]] = {
    (MAIN / "confusion.png").as_posix(): draw_main,
    "regimes.png": draw_regimes,
}
SOURCES = {
    (MAIN / "confusion.png").as_posix(): [MAIN],
    "regimes.png": [job.run for job in jobs()],
}

"""``python -m ser.selection``: choose settings within each fold, and report the test sides.

Runs need inner folds for it, as ``cv.inner=3`` makes them. The work is in ``ser.sweep.selection``.

Example: ``python -m ser.selection runs``
"""

from __future__ import annotations

from ser.system.door import door


@door("folds that were chosen are kept, and the same command goes on")
def main() -> None:
    """Do what the command line says; a mistake in it ends with one clear sentence."""
    from ser.sweep.selection import main as job

    job()


if __name__ == "__main__":
    main()

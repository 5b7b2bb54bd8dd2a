"""``python -m ser.selection``: choose settings within each fold, and report the test sides.

The work is in ``ser.sweep.selection``.

Example: ``python -m ser.selection runs``
"""

from __future__ import annotations

from ser.system.streams import print_any_letter


def main() -> None:
    """Do what the command line says; a mistake in it ends with one clear sentence."""
    print_any_letter()
    from ser.sweep.selection import main as job  # noqa: PLC0415 - a door has no weight

    job()


if __name__ == "__main__":
    main()

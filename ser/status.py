"""``python -m ser.status``: how far runs and sweeps are, also while they run.

The work is in ``ser.sweep.status``.

Example: ``python -m ser.status runs``
"""

from __future__ import annotations

from ser.system.door import door


@door()
def main() -> None:
    """Do what the command line says; a mistake in it ends with one clear sentence."""
    from ser.sweep.status import main as job

    job()


if __name__ == "__main__":
    main()

"""Reports: the table of one run, of a sweep, and pages that show what is behind the figures."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ser.report.run_table import draw_if_outdated, report
    from ser.report.terminal import compare_corpora, compare_runs

__all__ = ["compare_corpora", "compare_runs", "draw_if_outdated", "report"]

# The door of this room opens before what it needs is imported.
_HOMES = {
    "compare_corpora": "ser.report.terminal",
    "compare_runs": "ser.report.terminal",
    "draw_if_outdated": "ser.report.run_table",
    "report": "ser.report.run_table",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'ser.report' has no attribute {name!r}")

"""Reports: the table of one run, of a sweep, and pages that show what is behind the figures."""

from ser.report.run_table import draw_if_outdated, report
from ser.report.terminal import compare_corpora, compare_runs

__all__ = ["compare_corpora", "compare_runs", "draw_if_outdated", "report"]

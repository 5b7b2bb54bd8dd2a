"""Callers who are calm or upset."""

from calm_or_upset.corpus import Calls
from calm_or_upset.figure import MISSED
from calm_or_upset.front_end import Contour
from calm_or_upset.network import Pooled

__all__ = ["MISSED", "Calls", "Contour", "Pooled"]

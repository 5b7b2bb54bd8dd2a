"""5 430 named numbers an utterance: functionals of low-level descriptors and of their deltas."""

from __future__ import annotations

from ser.features.functionals.front_end import Functionals, names

__all__ = ["Functionals", "names"]

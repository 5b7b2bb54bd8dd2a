"""What each figure is called where people read it."""

from __future__ import annotations

HEADINGS = {
    "uar": "UAR",
    "accuracy": "accuracy",
    "weighted_f1": "weighted F1",
    "macro_f1": "macro F1",
}

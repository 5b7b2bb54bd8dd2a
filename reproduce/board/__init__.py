"""The board: what learners reach on the same folds, from predictions that anybody may add to."""

from reproduce.board.robustness import recordings
from reproduce.board.tables import board, pretrained, rows

__all__ = ["board", "pretrained", "recordings", "rows"]

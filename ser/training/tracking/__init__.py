"""Loggers beside the CSV: one closed run a fold, for TensorBoard, MLflow and Weights & Biases."""

from ser.training.tracking.mlflow import MLflow
from ser.training.tracking.tensorboard import TensorBoard
from ser.training.tracking.tracker import Story, Tracker
from ser.training.tracking.wandb import WandB

__all__ = ["MLflow", "Story", "TensorBoard", "Tracker", "WandB"]

"""Trained models for other programs: ONNX, programs of PyTorch, and folders with a model card."""

"""Training on one CUDA device: how near it comes to its kernels, and whether all of it works."""

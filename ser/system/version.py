"""The version of the package, for what stands below ``import ser``."""

__version__ = "0.1.0"

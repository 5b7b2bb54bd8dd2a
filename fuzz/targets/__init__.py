"""Targets, one boundary a module; each has ``TARGETS``."""

"""Sweeps: what a multirun is to fill, how far it is, and the table at its end."""

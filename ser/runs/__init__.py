"""A run on disk: its names, its cells, their states, and what is read back and checked."""

"""Drawings of matplotlib, for the page and for a file."""

"""Inputs that nobody thought of: each ends well, or in a sentence, in bounded time and memory.

A target is a module of ``fuzz.targets`` with ``TARGETS``: what is drawn, and what is done with it.
"""

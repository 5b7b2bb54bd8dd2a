"""Faults on purpose: what is damaged, cut off or wrong is named or made good, never scored."""

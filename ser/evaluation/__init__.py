"""What predictions are worth: figures, intervals, comparisons, calibration, shared speakers."""

"""Look at a corpus and its folds before anything is trained: ``python -m ser.audit``."""

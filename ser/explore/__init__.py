"""Look at a corpus before anything is trained, on one page: ``python -m ser.explore``."""

"""A page on this machine to try models on: record or drop a file, and see what they say."""

"""Every command and example of README and docs, run as it stands on small corpora."""

"""What another recording of the same utterances does to the answers of a run."""

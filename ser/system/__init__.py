"""What the machine gives: source that is imported, the disk, and where output goes."""

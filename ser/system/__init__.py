"""What files of the machine are: source that is imported, and what has reached the disk."""

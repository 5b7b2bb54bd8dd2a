"""From a configuration to a trained fold."""

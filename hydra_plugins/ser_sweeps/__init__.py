"""The sweeper and the launchers of ``ser``, where Hydra looks for plugins."""

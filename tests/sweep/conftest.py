"""Hydra imports its plugins anew when it first looks for them: tests are to import those ones."""

from hydra.core.plugins import Plugins

Plugins.instance()

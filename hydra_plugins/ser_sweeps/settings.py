"""The files of ``conf`` in the place of settings that other plugins bring along."""

from __future__ import annotations

from hydra.core.config_search_path import ConfigSearchPath
from hydra.core.config_store import ConfigStore
from hydra.plugins.search_path_plugin import SearchPathPlugin

OURS = {"launcher": ("joblib", "ray"), "sweeper": ("optuna",)}


class OwnSettings(SearchPathPlugin):
    """Let ``conf/hydra`` stand for plugins' own settings of the same name.

    Hydra would hold the files against those, which it means to give up, and refuses files with
    defaults of their own. This is the moment after all plugins are read and before any file is.
    """

    def manipulate_search_path(self, search_path: ConfigSearchPath) -> None:
        """Take the settings out; the search path stays as it is."""
        for group, names in OURS.items():
            stored = ConfigStore.instance().repo.get("hydra", {}).get(group, {})
            for name in names:
                stored.pop(f"{name}.yaml", None)

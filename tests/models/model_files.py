"""Files of networks in ``conf/model``; some say how theirs is trained as well."""

from pathlib import Path

from omegaconf import DictConfig, OmegaConf

from ser.runs.configuration import config_folder


def read_model(path: Path) -> DictConfig:
    """Read what a file builds: all of it, or its part ``model`` where it sets other groups too."""
    content = OmegaConf.load(path)
    return content.get("model", content)


FILES = [
    path
    for path in sorted(Path(config_folder(), "model").glob("*.yaml"))
    if read_model(path)["_target_"].startswith("ser.models.") and path.stem != "lda"
]

"""Options of Hydra, and what else begins with dashes on a command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

from ser.errors import ConfigError, check_choice
from ser.runs.configuration import config_folder, flatten
from ser.runs.options import is_option, meant

FLAGS = ("--help", "-h", "--hydra-help", "--version", "--resolve", "--run", "-r", "--multirun",
         "-m", "--shell-completion", "-sc", "--info", "-i")  # fmt: skip
TAKING: Mapping[str, str] = {  # options with a value, and what that is
    **dict.fromkeys(("--cfg", "-c"), "job, hydra or all"),
    **dict.fromkeys(("--package", "-p"), "a group of settings, as model"),
    **dict.fromkeys(("--config-path", "-cp", "--config-dir", "-cd"), "a folder"),
    **dict.fromkeys(("--config-name", "-cn"), "the name of a configuration, as train"),
    "--experimental-rerun": "a file",
}
FOLDERS = ("--config-dir", "-cd")  # from here; --config-path counts from the package


def refuse_options(words: Sequence[str], name: str) -> None:
    """Refuse what begins as an option does and is none, or lacks its value.

    Args:
        words: Words of a command line that Hydra reads.
        name: Name of the configuration, whose settings may be meant.

    Raises:
        ConfigError: If there is such a word; says how it is written here.
    """
    at = 0
    while at < len(words):
        option, _, value = words[at].partition("=")
        if option in TAKING and not value:
            at += 1
            value = words[at] if at < len(words) else ""
        if option in TAKING:
            _check_value(option, value)
        elif is_option(words[at]) and not _is_flag(words[at]):
            raise ConfigError(f"{words[at]} is no option here; {meant(words, at, _known(name))}.")
        at += 1


def _is_flag(word: str) -> bool:
    return word in FLAGS or (
        word.startswith("--") and any(flag.startswith(word) for flag in (*FLAGS, *TAKING))
    )


def _check_value(option: str, value: str) -> None:
    if not value or (is_option(value) and not Path(value).exists()):
        raise ConfigError(f"{option} needs a value: {TAKING[option]}.")
    if option in FOLDERS and "://" not in value and not Path(value).is_dir():
        what = "is a file" if Path(value).exists() else "does not exist"
        raise ConfigError(
            f"{option} {value} {what}; name a folder with groups like those of conf, as "
            "my_conf/model/my_network.yaml."
        )
    if option in ("--cfg", "-c"):
        check_choice(option, value, ("job", "hydra", "all"))


def _known(name: str) -> list[str]:
    with initialize_config_dir(config_folder(), version_base="1.3"):
        composed: Any = OmegaConf.to_container(compose(name), resolve=False)
    groups = sorted(path.name for path in Path(config_folder()).iterdir() if path.is_dir())
    return [*groups, *flatten(composed)]

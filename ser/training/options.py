"""Options of Hydra, and what else begins with dashes on a command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

from ser.errors import ConfigError, check_choice
from ser.runs.command_line import SWEEP
from ser.runs.configuration import config_folder, flatten, group_names
from ser.runs.options import is_option, meant

FLAGS = ("--help", "-h", "--hydra-help", "--version", "--resolve", "--run", "-r", "--multirun",
         "-m", "--shell-completion", "-sc", "--info", "-i")  # fmt: skip
INFORMING = ("--info", "-i")
INFORMATION = ("all", "config", "defaults", "defaults-tree", "plugins", "searchpath")
TAKING: Mapping[str, str] = {  # options with a value, and what that is
    **dict.fromkeys(("--cfg", "-c"), "job, hydra or all"),
    **dict.fromkeys(("--package", "-p"), "a group of settings, as model"),
    **dict.fromkeys(("--config-path", "-cp", "--config-dir", "-cd"), "a folder"),
    **dict.fromkeys(("--config-name", "-cn"), "the name of a configuration, as train"),
    "--experimental-rerun": "a file",
}
FOLDERS = ("--config-dir", "-cd")  # from here; --config-path counts from the package


def options_last(words: Sequence[str], name: str) -> list[str]:
    """Put options behind settings: what follows an option is no setting to Hydra otherwise.

    Args:
        words: Words of a command line that Hydra reads.
        name: Name of the configuration, whose settings may be meant by what is no option.

    Raises:
        ConfigError: If a word begins as an option does and is none, or lacks its value.

    Example:
        >>> options_last(["-m", "seed=0,1", "-cn", "train", "fold=0"], "train")
        ['seed=0,1', 'fold=0', '-m', '-cn', 'train']
    """
    settings: list[str] = []
    options: list[str] = []
    rest = [*words]
    while rest:
        word, *rest = rest
        option, _, value = word.partition("=")
        option = _whole(option)
        if option in TAKING:
            given = [] if value else rest[:1]
            _check_value(option, value or "".join(given))
            options += [option if given else f"{option}={value}", *given]
            rest = rest[len(given) :]
        elif option in INFORMING and rest[:1] and rest[0] in INFORMATION:
            options += [option, rest.pop(0)]
        elif is_option(word) and option not in FLAGS:
            raise ConfigError(f"{word} is no option here; {meant([word, *rest], 0, _known(name))}.")
        else:
            (options if is_option(word) else settings).append(word)
    return [*settings, *options]


def asks_for_sweep(words: Sequence[str]) -> bool:
    """Whether a command line asks for a job of each of several values.

    Example:
        >>> asks_for_sweep(["data=emodb,synthetic", "--multi"])
        True
    """
    return any(_whole(word) in SWEEP for word in words)


def own_folders(words: Sequence[str]) -> list[str]:
    """Folders of configurations of one's own that a command line names.

    Example:
        >>> own_folders(["model=mine", "--config-dir=my_conf", "-cd", "other"])
        ['my_conf', 'other']
    """
    parts = [part for word in words for part in word.split("=", 1)]
    return [folder for option, folder in pairwise(parts) if option in FOLDERS]


def _whole(option: str) -> str:
    """Give an option whole that was cut short, if only one begins so."""
    begun = [each for each in (*FLAGS, *TAKING) if each.startswith(option)]
    return begun[0] if option.startswith("--") and len(begun) == 1 else option


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
    return [*group_names(), *flatten(composed)]

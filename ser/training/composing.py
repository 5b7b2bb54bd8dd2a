"""What Hydra says of words that it cannot compose a configuration of, in one sentence."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml
from hydra.errors import (
    ConfigCompositionException,
    MissingConfigException,
    OverrideParseException,
)
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from ser.errors import ConfigError, SerError, first_line, likely, mistake
from ser.runs.command_line import as_text
from ser.runs.configuration import flatten, group_names
from ser.system.near import nearest, question
from ser.training.options import own_folders

SEVERAL = "Ambiguous value for argument "
MERGING = "Error merging override "
ELSEWHERE = "Could not override '"  # where there is no full key: a group that has no choice here
A_TRAINING = "fold"  # a setting that ser.train has, and no other command
ADDED = ("grid", "sweep")  # groups without a choice that could be replaced
CHOSEN = re.compile(r"(hydra/[^/]+|[^/]+)/(.+)", re.S)  # a group and a choice, which may be a path
FORMS = {"DictConfig": "a mapping", "ListConfig": "a list"}
ACTING = re.compile(r'[\\"$`!]')  # what means more to a shell within double quotes
HELP = "pass --help to see what there is"


def refusal(error: BaseException) -> SerError | None:
    """Turn what stopped a command into the mistake that it is; None if it is none of the user's.

    Args:
        error: What Hydra, OmegaConf or a constructor raised.
    """
    if found := mistake(error):
        return found
    if isinstance(error, MissingConfigException):
        return ConfigError(_missing(error))
    if isinstance(error, OverrideParseException):
        return ConfigError(_unread(error.override))
    if isinstance(error, ConfigCompositionException):
        return ConfigError(_uncomposed(error))
    if isinstance(error, OmegaConfBaseException):
        return ConfigError(f"{first_line(error)}; correct that setting, or leave it out.")
    return None


def misread(error: Exception, words: Sequence[str]) -> ConfigError:
    """Say that words cannot be read, where Hydra has no words for it itself."""
    if broken := next(_broken_files(words), None):
        return ConfigError(f"{broken}; correct the file.")
    return ConfigError(f"{' '.join(words)} cannot be read ({first_line(error)}); {HELP}.")


def _broken_files(words: Sequence[str]) -> Iterator[str]:
    """Say which files of the user's own configuration are no YAML."""
    for folder in own_folders(words):
        for path in sorted(Path(folder).rglob("*.yaml")):
            try:
                yaml.safe_load(path.read_text("utf-8"))
            except yaml.MarkedYAMLError as error:
                line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
                yield f"{path}{line} is no YAML ({error.problem})"
            except (yaml.YAMLError, UnicodeError, OSError) as error:
                yield f"{path} is no YAML ({first_line(error)})"


def _missing(error: MissingConfigException) -> str:
    if not (found := CHOSEN.fullmatch(str(error.missing_cfg_file))):
        return f"{first_line(error)}; {HELP}."
    group, choice = found.groups()
    choices = sorted(error.options or ())
    asked = likely(choice, choices)
    listed = f"choose one of {', '.join(choices)}" if choices else HELP
    return f"{group}={choice} is unknown{asked}; {listed}."


def _unread(word: str) -> str:
    if "=" not in word:
        return f"{word} is no setting, which is written KEY=VALUE, as model=cnn1d; {HELP}."
    key, _, value = word.partition("=")
    return (
        f"{word} cannot be read; where the value is a text, put it in quotes of its own, as "
        f"{key}={_for_a_shell(as_text(value))}."
    )


def _for_a_shell(text: str) -> str:
    return shlex.quote(text) if ACTING.search(text) else f'"{text}"'


def _uncomposed(error: ConfigCompositionException) -> str:
    first, cause = first_line(error), error.__cause__
    if first.startswith(SEVERAL):
        word = first.removeprefix(SEVERAL).strip("'")
        key, _, values = word.partition("=")
        return (
            f"{word} has several values: pass -m too to go through them one by one, or "
            f"{key}=[{values}] for a list."
        )
    if first.startswith(MERGING) and cause is not None:
        word = first.removeprefix(MERGING)
        return (
            f"{word} has another form than what it replaces ({_forms(first_line(cause))}); {HELP}."
        )
    whole = getattr(cause, "full_key", None)
    if first.startswith("Could not override") and whole:
        parent = getattr(cause, "parent_node", None)
        if _is_of_training(str(whole), parent):
            asked = first.removeprefix(ELSEWHERE).partition("'")[0]
            return f"{asked} is a setting of ser.train and none of this command; leave it out."
        return _no_setting(str(whole), parent)
    if first.startswith(ELSEWHERE):
        return _elsewhere(first.removeprefix(ELSEWHERE).partition("'")[0])
    detail = f" ({first_line(cause)})" if isinstance(cause, OmegaConfBaseException) else ""
    return f"{first.rstrip('.')}{detail}; {HELP}."


def _elsewhere(group: str) -> str:
    if group in ADDED:
        return f"{group}= is only added, in a sweep of ser.train; write -m +{group}=NAME."
    if "@" in group:
        return f"{group}= is a choice of a model that is not chosen; choose that too."
    return f"{group}= is a choice of ser.train and none of this command; leave it out."


def _is_of_training(key: str, parent: Any) -> bool:
    """Whether a key that is unknown is a group of ``ser.train``, where that is not the command."""
    return key in group_names() and isinstance(parent, DictConfig) and A_TRAINING not in parent


def _forms(reason: str) -> str:
    """Say what OmegaConf does of two forms that it cannot merge, in the words of its users."""
    for kind, word in FORMS.items():
        reason = reason.replace(kind, word)
    return reason


def _no_setting(key: str, parent: Any) -> str:
    """Name the settings beside one that is unknown, and the one that was likely meant."""
    place = key.rpartition(".")[0]
    beside = sorted(map(str, parent)) if isinstance(parent, DictConfig) else []
    whole = [f"{place}.{other}" if place else other for other in beside if other[0] != "_"]
    listed = f"; take one of {', '.join(whole)}" if whole else f"; {HELP}"
    return f"{key} is no setting here{_meant(key, whole, parent)}{listed}."


def _meant(key: str, beside: Sequence[str], parent: Any) -> str:
    """Ask for a setting that was likely meant: near it, of the same name elsewhere, or a group."""
    choices = [*beside, *group_names()] if "." not in key else list(beside)
    words = {other.rpartition(".")[2]: other for other in choices if other != key}
    name = key.rpartition(".")[2]
    if near := nearest(name, words):
        return question(words[near])
    same = (other for other in _everywhere(parent) if other.rpartition(".")[2] == name)
    return question(next(same, ""))


def _everywhere(node: Any) -> list[str]:
    """Every setting of the configuration that a node is a part of, but for those of Hydra."""
    if not isinstance(node, DictConfig):
        return []
    root: Any = OmegaConf.to_container(node._get_root(), resolve=False)
    return [key for key in flatten(root) if not key.startswith("hydra.")]

"""Objects of a program, spelt as the words of a command line that would build the same."""

from __future__ import annotations

import dataclasses
import json
import re
import sys
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path, PurePath
from typing import Any

from omegaconf import OmegaConf

from ser.corpora import Corpus
from ser.data import CorpusDataModule
from ser.errors import ConfigError
from ser.models.arguments import constructor_arguments
from ser.models.arguments import plain as plain_value
from ser.runs.command_line import as_text
from ser.runs.configuration import config_folder
from ser.training.settings import find

KEY = re.compile(r"(?!(?:null|true|false|nan|inf)\Z)[\w./* -]+", re.I | re.A)
ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
BARE = re.compile(r"(?!(?:null|true|false|nan|inf)\Z)[A-Za-z/][\w./-]*", re.I | re.A)


@dataclasses.dataclass(frozen=True)
class Spelt:
    """How the configuration says an object.

    Args:
        name: What a run that has it is called by.
        words: Words that choose it, and what differs from the choice.
        node: Settings that stand for it where no choice does; such a run cannot always be
            repeated by the command line.
        changes: Words for what of the node is no default, by which runs are told apart.
    """

    name: str
    words: tuple[str, ...] = ()
    node: Mapping[str, Any] | None = None
    changes: tuple[str, ...] = ()


def spell(group: str, kind: type, settings: Mapping[str, Any]) -> Spelt:
    """Spell an object: as a choice of ``conf`` and what differs from it, or by its class.

    Args:
        group: Group of the configuration, such as ``model``.
        kind: Class of the object.
        settings: Its constructor arguments, in plain types.
    """
    defaults = {name: known.default for name, known in constructor_arguments(kind).items()}
    found = []
    for choice, node in _choices(group, kind):
        changed = _changed(settings, {**defaults, **node})
        words = [word(key, value, f"{group}.", node) for key, value in changed.items()]
        found.append(Spelt(choice, (f"{group}={choice}", *words)))
    if found:
        return min(found, key=lambda spelt: len(spelt.words))
    changes = (word(k, v, f"{group}.") for k, v in _changed(settings, defaults).items())
    node = {"_target_": class_path(kind), **settings}
    return Spelt(kind.__name__.lower(), node=node, changes=tuple(changes))


def word(key: str, value: object, place: str = "", there: Mapping[str, Any] | None = None) -> str:
    """Spell a setting, such as ``trainer.max_epochs=2``.

    Args:
        key: Name of the setting.
        value: Its value.
        place: What stands before the name.
        there: Settings that are there already; another one is added, with ``+``.

    Example:
        >>> word("max_epochs", 2, "trainer."), word("title", "a = b"), word("fold", None)
        ('trainer.max_epochs=2', "title='a = b'", 'fold=null')
    """
    added = "" if there is None or key in there else "+"
    return f"{added}{place}{key}={_spelt(value)}"


def class_path(kind: Any) -> str:
    """Module and name of a class or function; of the package, if it has it.

    Raises:
        ConfigError: If it is defined within a function, or has no name.
    """
    path = kind.__qualname__
    if "<" in path:
        within = "is defined within a function" if "<locals>" in path else "has no name"
        raise ConfigError(
            f"{kind.__module__}.{path} {within}, where no run can find it again; define it by a "
            "name, at the top of a module or of a notebook cell."
        )
    parts = kind.__module__.split(".")
    packages = (".".join(parts[:end]) for end in range(1, len(parts)))
    known = (name for name in packages if getattr(sys.modules.get(name), path, None) is kind)
    return f"{next(known, kind.__module__)}.{kind.__qualname__}"


def settings_of(thing: Any) -> dict[str, Any]:
    """Constructor arguments of an object, as far as it can say them, in plain types.

    Args:
        thing: A corpus, a datamodule, an estimator, or what keeps each argument in an attribute of
            its name.
    """
    if hasattr(thing, "get_params"):
        found = thing.get_params(deep=False)
    elif hasattr(thing, "given"):
        found = thing.given
    else:
        names = constructor_arguments(type(thing))
        found = {name: getattr(thing, name) for name in names if hasattr(thing, name)}
    if isinstance(thing, Corpus | CorpusDataModule):  # what they list is compared itself
        found = {name: value for name, value in found.items() if not callable(value)}
    return {name: described(value) for name, value in found.items()}


def refuse_lost(thing: Any) -> None:
    """Refuse an object that cannot say one of its constructor arguments.

    Raises:
        ConfigError: If one is not kept in an attribute of its name.
    """
    if thing is not None and (lost := _lost(thing)):
        raise ConfigError(
            f"{type(thing).__name__} has no attribute {', '.join(lost)}: keep every argument of "
            "the constructor in the attribute of the same name, by which trainings are told apart."
        )


def described(value: object) -> Any:
    """Plain settings of a value; of an object, its class and constructor arguments."""
    if value is None or isinstance(value, bool | int | float | str | PurePath):
        return plain_value(value)
    if isinstance(value, Mapping):
        return {str(key): described(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [described(part) for part in value]
    if hasattr(value, "tolist"):
        return plain_value(value)
    return _node(value)


def _node(value: Any) -> dict[str, Any]:
    """What builds an object, or hands on a function or class without calling it."""
    if isinstance(value, partial):
        given = {"_args_": described(value.args), **described(value.keywords)}
        return {**_node(value.func), **given}
    if callable(value) and hasattr(value, "__qualname__"):
        return {"_target_": class_path(value), "_partial_": True}
    settings = {"_target_": class_path(type(value)), **settings_of(value)}
    # A scorer of scikit-learn says its arguments in this form alone.
    return {**settings, "is": said(value)} if _lost(value) else settings


def said(thing: object) -> str:
    """What an object says of itself, without its address, which is another at each start."""
    return ADDRESS.sub("", repr(thing))


def _lost(thing: Any) -> list[str]:
    """Constructor arguments that an object does not keep; of a corpus none, whose files count."""
    if isinstance(thing, Corpus | CorpusDataModule) or hasattr(thing, "get_params"):
        return []
    return [name for name in constructor_arguments(type(thing)) if not hasattr(thing, name)]


def _choices(group: str, kind: type) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the choices of a group that build a class, and their settings."""
    for path in sorted(Path(config_folder(), group).glob("*.yaml")):
        content: Any = OmegaConf.to_container(OmegaConf.load(path))
        node = content if "_target_" in content else content.get(group) or {}
        if str(node.get("_target_")).rpartition(".")[2] == kind.__name__ and (
            find(group, node) is kind
        ):
            yield path.stem, node


def _changed(settings: Mapping[str, Any], usual: Mapping[str, Any]) -> dict[str, Any]:
    plain = {key: described(value) for key, value in usual.items() if not isinstance(value, type)}
    return {key: value for key, value in settings.items() if plain.get(key, ...) != value}


def _spelt(value: object) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, Mapping):
        if not all(KEY.fullmatch(str(key)) for key in value):
            return as_text(json.dumps(value, ensure_ascii=False))  # read by ``as_written``
        return f"{{{','.join(f'{key}:{_spelt(part)}' for key, part in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{','.join(map(_spelt, value))}]"
    text = str(plain_value(value))
    if not isinstance(value, str | PurePath) or BARE.fullmatch(text):
        return text
    return as_text(text)

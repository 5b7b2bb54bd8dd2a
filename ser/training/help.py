"""What ``--help`` of a command that Hydra reads says: every choice, and what each setting means.

Meanings stand behind the settings in ``conf``, or in the docstring of what they are arguments of,
which is read and not imported: help should not wait for PyTorch.
"""

from __future__ import annotations

import ast
import re
import shutil
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from hydra import compose, initialize_config_dir
from omegaconf import DictConfig, OmegaConf

from ser.runs.command_line import spell_texts
from ser.runs.configuration import config_folder, spell_absence
from ser.training.options import TAKING, own_folders

FLAGS = ("-h", "--help")
SWEPT = re.compile(r"=[^\[{'\"]*,|=(?:range|choice|interval|tag|glob)\(")
LINE = re.compile(r"( *)\"?([\w.]+)\"?:(?:\s+([^#]*?))?(?:\s+#\s*(.*))?$")
ARGUMENT = re.compile(r"^ {4}(\w+): (.*?)(?=^ {4}\w|\Z)", re.S | re.M)
WIDTH, BESIDE = 120, 38  # columns at most, and those of settings before their meanings
WHOLE = "train"  # has all groups, those too that are only added, such as grid
OTHER = "or "  # begins a comment that has the values which a setting may have beside its default
LEAST = 12  # letters of a comment that says what a setting means, and not its unit alone
PACKAGE = Path(__file__).resolve().parents[1]
ENDS = """Words of a text with commas, brackets or '=' need quotes of their own: 'title="a = b"'.
Tab completion in bash: eval "$(python -m ser completion)"; see docs/commands.md."""


def asks_for_help(words: Sequence[str]) -> bool:
    """Whether the words of a command line ask for help."""
    return any(word in FLAGS for word in words)


def help_text(name: str, words: Sequence[str], width: int | None = None) -> str:
    """Write the help of a command, with the settings that its words would give.

    Args:
        name: Name of its configuration, such as ``train``.
        words: Words of the command line.
        width: Columns; None takes those of the terminal.
    """
    chosen = spell_absence(spell_texts(list(_settings(words))))
    with initialize_config_dir(config_folder(), version_base="1.3"):
        cfg = compose(name, [*chosen, *_searched(words)], return_hydra_config=True)
    header = OmegaConf.select(cfg, "hydra.help.header")
    picked: Mapping[str, Any] = cfg.hydra.runtime.choices
    columns = min(width or shutil.get_terminal_size().columns, WIDTH)
    shown = [group for group in _groups() if name == WHOLE or group.name in picked]
    groups = [line for group in shown for line in _group(group, columns)]
    settings = [
        line
        for key, value in _flat(cfg)
        for line in _setting(key, value, meaning(cfg, name, key, picked), columns)
    ]
    parts = [header.strip(), "Choices, as GROUP=NAME:", "\n".join(groups)]
    parts += ["Settings, as KEY=VALUE, with what these words give and what it means:"]
    return "\n\n".join([*parts, "\n".join(settings), ENDS, ""])


def meaning(cfg: DictConfig, name: str, key: str, picked: Mapping[str, Any]) -> str:
    """Say what a setting means; empty where nobody says it.

    Args:
        cfg: Configuration that it is a part of.
        name: Name of the configuration.
        key: The setting, as a dotted key.
        picked: Choice of each group.
    """
    place, _, argument = key.rpartition(".")
    if argument == "_target_":
        return "class that these settings build"
    node = OmegaConf.select(cfg, place) if place else cfg
    if isinstance(node, DictConfig) and OmegaConf.is_interpolation(node, argument):
        return "the same as there"
    target = str(node.get("_target_", "")) if place and isinstance(node, DictConfig) else ""
    documented = arguments_of(target).get(argument, "")
    comment = next(_comments(name, key, picked), "")
    return documented if documented and len(comment) < LEAST else comment


def _comments(name: str, key: str, picked: Mapping[str, Any]) -> Iterator[str]:
    """Yield what stands behind a setting, in the files that may have it."""
    group, _, rest = key.partition(".")
    folder, model = Path(config_folder()), picked.get("model")
    places = [(folder / f"{name}.yaml", key), (folder / group / f"{picked.get(group)}.yaml", rest)]
    places += [(folder / "model" / f"{model}.yaml", key)]
    for path, within in places:
        if path.is_file() and (said := comments(path).get(within)):
            yield said


@cache
def comments(path: Path) -> dict[str, str]:
    """Comments behind the settings of a file and of those of its folder that it builds on."""
    text = path.read_text("utf-8")
    found: dict[str, str] = {}
    for base in (yaml.safe_load(text) or {}).get("defaults", ()):
        if isinstance(base, str) and base != "_self_":
            found |= comments(path.with_name(f"{base}.yaml"))
    stack: list[tuple[int, str]] = []
    for line in text.splitlines():
        if matched := LINE.fullmatch(line):
            depth = len(matched[1])
            stack = [(d, k) for d, k in stack if d < depth] + [(depth, matched[2])]
            if said := matched[4]:
                other = said.startswith(OTHER)
                found[".".join(k for _, k in stack)] = f"{matched[3]} {said}" if other else said
    return found


@cache
def arguments_of(target: str) -> dict[str, str]:
    """What the docstrings of a class or function, and of its bases, say of its arguments."""
    parts = target.split(".")
    if parts[0] != PACKAGE.name or len(parts) < 3:  # noqa: PLR2004 - ser, room and name
        return {}
    found = next(_definitions(PACKAGE / parts[1], parts[-1]), None)
    if found is None:
        return {}
    said: dict[str, str] = {}
    for base in getattr(found, "bases", ()):
        if isinstance(base, ast.Name):
            said |= arguments_of(f"{parts[0]}.{parts[1]}.{base.id}")
    section = re.search(r"^Args:\n(.*?)(?=^\S|\Z)", ast.get_docstring(found) or "", re.S | re.M)
    own = ARGUMENT.findall(section[1]) if section else []
    return said | {name: " ".join(text.split()).replace("``", "") for name, text in own}


def _definitions(room: Path, name: str) -> Iterator[ast.ClassDef | ast.FunctionDef]:
    head = re.compile(rf"^(class|def) {re.escape(name)}\b", re.M)
    for path in sorted(room.rglob("*.py")):
        text = path.read_text("utf-8")
        if head.search(text):
            for node in ast.parse(text).body:
                if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name == name:
                    yield node


def _settings(words: Sequence[str]) -> Iterator[str]:
    """Yield the settings among the words, without those that a sweep goes through."""
    rest = iter(words)
    for word in rest:
        if word in TAKING:
            next(rest, None)
        elif not word.startswith("-") and not SWEPT.search(word):
            yield word


def _searched(words: Sequence[str]) -> Iterator[str]:
    """Yield the word by which the configuration of a user is found."""
    for folder in own_folders(words):
        yield f"hydra.searchpath=['{Path(folder).resolve()}']"


def _groups() -> list[Path]:
    folder = Path(config_folder())
    return sorted(path for path in folder.iterdir() if path.is_dir() and path.name != "hydra")


def _group(folder: Path, columns: int) -> list[str]:
    names = ", ".join(sorted(path.stem for path in folder.glob("*.yaml")))
    head = f"  {folder.name:<11} "
    return textwrap.wrap(f"{head}{names}", columns, subsequent_indent=" " * len(head))


def _flat(cfg: DictConfig) -> Iterator[tuple[str, Any]]:
    plain: Any = OmegaConf.to_container(cfg, resolve=False)
    for key, value in plain.items():
        if key != "hydra":
            yield from _leaves(str(key), value)


def _leaves(key: str, value: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(value, Mapping) or not value:
        yield key, value
        return
    for name, part in value.items():
        yield from _leaves(f"{key}.{name}", part)


def _setting(key: str, value: Any, said: str, columns: int) -> list[str]:
    shown = yaml.safe_dump(value, default_flow_style=True, width=10_000, allow_unicode=True)
    text = shown.removesuffix("\n").removesuffix("\n...").strip()
    head = f"  {key}={text}"
    if not said:
        return [head]
    if len(head) >= BESIDE:
        lines = textwrap.wrap(said, max(columns - BESIDE, 20))
        return [head, *(" " * BESIDE + line for line in lines)]
    lines = textwrap.wrap(said, max(columns - BESIDE, 20))
    return [head.ljust(BESIDE) + lines[0], *(" " * BESIDE + line for line in lines[1:])]

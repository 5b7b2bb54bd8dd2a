"""What README and docs say can be done, can be done: commands, links, code and choices."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from hydra import compose, initialize_config_dir
from hydra.core.override_parser.overrides_parser import OverridesParser

from ser import rerun
from ser.predict import WORDS
from ser.runs.command_line import spell_texts
from ser.runs.configuration import config_folder
from ser.runs.corpora import against_each, spell_corpora, spell_job
from ser.runs.loggers import spell_loggers
from tests.documents.fates import NEEDS, REASONS, fate_of
from tests.documents.reading import ROOT, TEXTS, commands, lines

every_text = pytest.mark.parametrize("path", TEXTS, ids=lambda p: p.relative_to(ROOT).as_posix())
DOORS = {"ser.train": "train", "ser.audit": "audit"}  # of those that Hydra reads the words of
PLACEHOLDER = re.compile(r"=(NAME|CV|FOLDER|FILE\S*)$")  # for a reader to fill in
SWEPT = re.compile(r"^(tag|interval|glob)\(")  # spaces of values that only a sweeper can draw from


def composed(words: list[str]) -> None:
    """Compose a configuration from a command; Hydra refuses what ``conf`` does not know."""
    folders = [config_folder()]
    options = iter(words[3:])
    chosen = []
    for word in options:
        if word == "--config-dir":
            folders.append(str(ROOT / next(options)))
        elif not word.startswith("-") and not PLACEHOLDER.search(word):
            chosen.append(word)
    spelt = [first(word) for word in spell_loggers(spell_corpora(chosen))]
    chosen = spell_job(against_each(spelt))
    if len(folders) > 1:
        chosen.append(f"hydra.searchpath=[{folders[1]}]")
    with initialize_config_dir(folders[0], version_base="1.3"):
        compose(DOORS[words[2]], chosen, return_hydra_config=True)


def first(word: str) -> str:
    """Give the first choice of a word that a sweep goes through."""
    (spelt,) = spell_texts([word])
    override = OverridesParser.create().parse_override(spelt)
    if not override.is_sweep_override():
        return spelt
    key, _, value = word.partition("=")
    if SWEPT.match(value):
        return f"{key}=1"
    return f"{key}={next(override.sweep_string_iterator())}"


def sections(name: str) -> Iterator[Path]:
    yield from sorted(Path(config_folder(), name).glob("*.yaml"))


@every_text
def test_every_command_names_choices_that_exist(path: Path) -> None:
    for words in commands(path):
        if words[2] in DOORS:
            composed(words)
        if words[2] == "ser.predict" and words[3:]:
            WORDS.read(words[3:])
        if words[2] == "ser.rerun" and words[3:]:
            rerun.read_words(words[3:])


@every_text
def test_every_command_names_a_module_that_exists(path: Path) -> None:
    for words in commands(path):
        if words[2].partition(".")[0] in ("ser", "reproduce", "benchmarks"):
            place = ROOT / words[2].replace(".", "/")
            assert place.with_suffix(".py").is_file() or (place / "__main__.py").is_file(), words


@every_text
def test_every_command_is_run_by_make_docs_check_or_has_a_reason(path: Path) -> None:
    for line in lines(path):
        fate = fate_of(line)
        assert fate.line or fate.reason, line
        assert not re.search(r"\b(NAME|CV|FOLDER|FILE\.\w+)\b", fate.line), line


def test_what_is_left_out_or_needs_a_package_is_in_some_text() -> None:
    every = [line for path in TEXTS for line in lines(path)]
    patterns = [pattern for pattern, _ in (*REASONS, *NEEDS)]
    assert [p for p in patterns if not any(re.search(p, line) for line in every)] == []


@every_text
def test_every_extra_exists(path: Path) -> None:
    extras = set(re.findall(r"^(\w+) = \[", (ROOT / "pyproject.toml").read_text("utf-8"), re.M))
    named = re.findall(r"pip install '(?:\.|ser-bench)\[([\w,]+)\]'", path.read_text("utf-8"))
    assert {extra for each in named for extra in each.split(",")} <= extras


@every_text
def test_every_link_leads_to_a_file(path: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#\s]+)", path.read_text("utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


@every_text
def test_every_target_of_make_exists(path: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    text = path.read_text("utf-8")
    named = re.findall(r"^ {4}make ([a-z-]+)", text, re.M) + re.findall(r"`make ([a-z-]+)", text)
    assert set(named) <= targets


@every_text
def test_every_python_example_imports_what_exists(path: Path) -> None:
    for code in re.findall(r"```python\n(.*?)```", path.read_text("utf-8"), re.S):
        for node in ast.walk(ast.parse(code)):
            if isinstance(node, ast.ImportFrom):
                module = import_module(str(node.module))
                assert all(hasattr(module, alias.name) for alias in node.names), code


@pytest.mark.parametrize(
    "group", ["data", "model", "features", "cv", "protocol", "normalise", "augment"]
)
def test_every_choice_has_a_row(group: str) -> None:
    rows = [
        line for line in (ROOT / "docs/choices.md").read_text().splitlines() if line[:3] == "| `"
    ]
    shown = {name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[1])}
    assert {path.stem for path in sections(group)} <= shown


def test_every_launcher_has_a_row() -> None:
    text = (ROOT / "docs/cluster.md").read_text()
    assert [p.stem for p in sections("hydra/launcher") if f"| `{p.stem}` |" not in text] == []


def test_readme_leads_to_every_page() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert [p.name for p in ROOT.glob("docs/*.md") if f"docs/{p.name}" not in text] == []


def test_readme_stays_short() -> None:
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) <= 170

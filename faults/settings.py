"""``python -m faults.settings``: what settings of ``conf`` answer to wrong values of each kind.

Prints a CSV; ``--write`` puts it into docs/records/settings.csv.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import astuple, dataclass, fields
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

from hydra import compose, initialize_config_dir
from omegaconf import DictConfig, OmegaConf, open_dict

from ser.errors import ConfigError
from ser.runs.configuration import config_folder
from ser.runs.corpora import spell_corpora
from ser.sweep.counts import LEAST, check_counts
from ser.training.build import build_data, build_learner
from ser.training.composing import refusal
from ser.training.demands import OWN, RANGES, check_own, refuse_missing, refuse_unknown
from ser.training.messages import quieten

RECORD = Path(__file__).parents[1] / "docs/records/settings.csv"
CONF = Path(config_folder())
GROUPS = ("data", "features", "cv", "protocol", "augment", "trainer", "model", "logger")
OF_WORDS = ("normalise", "experiment", "grid", "sweep", "hydra/launcher", "hydra/sweeper")
BY_LEARNER = ("trainer", "model", "logger")  # the others are asked for before a learner is built
NO_TYPE = [[1]]  # a list of lists, which nothing takes
ASK_ELSEWHERE = ("ser.features.Whisper", "ser.features.Wav2Vec2", "ser.features.OpenSmile",
                 "ser.training.tracking.MLflow", "ser.training.tracking.WandB")  # fmt: skip
NEEDS: Mapping[str, Sequence[str]] = {  # words for choices that name no corpus alone
    "audformat": ["data=audformat", "data.root=database"],
    "folders": ["data=folders", "data.root=folder", "data.pattern='{speaker}_{emotion}'"],
    "joined": ["data=[emodb,synthetic]"],
    "table": ["data=table", "data.file=table.csv"],
}
NUMBERS = (-1, 0, 10**9)


@dataclass(frozen=True)
class Answer:
    """What a setting answers to a wrong value.

    Args:
        setting: Its dotted key.
        of: What it is a setting of.
        kind: ``type``, ``range``, ``choice`` or ``name``.
        value: The wrong value, or the whole word where its name is wrong.
        sentence: The answer.
    """

    setting: str
    of: str
    kind: str
    value: str
    sentence: str


def answers() -> Iterator[Answer]:
    """Give every setting wrong values; nothing is read, trained or written for it.

    Raises:
        AssertionError: If a value of a wrong type or a wrong name is taken.
    """
    with initialize_config_dir(str(CONF), version_base="1.3"):
        yield from _of_the_command()
        for group in (*GROUPS, *OF_WORDS):
            yield _of_choices(group)
        for group in GROUPS:
            yield from _of_group(group)
        yield from _of_plugins()


def build(config: DictConfig, *, learner: bool = True) -> None:
    """Build all that is built before a corpus is read."""
    refuse_missing(config)
    refuse_unknown(config)
    check_own(config)
    data = build_data(config)
    if learner:
        build_learner(config, data).refuse(data)


def places(node: Any, place: str) -> Iterator[str]:
    """Walk the settings of what is built, and of everything that is built within it."""
    if isinstance(node, list):
        node = {str(number): part for number, part in enumerate(node) if isinstance(part, dict)}
    for key in (key for key in node if not key.startswith("_")):
        nested = isinstance(node[key], dict | list)
        inner = list(places(node[key], f"{place}.{key}")) if nested else []
        yield from inner or [f"{place}.{key}"]


def _asked(config: DictConfig, *, learner: bool = True) -> str:
    """The sentence that a configuration is refused with; empty if it is taken."""
    try:
        build(config, learner=learner)
    except Exception as error:
        reason = refusal(error)
        if reason is None:
            raise
        return str(reason)
    return ""


def _of_the_command() -> Iterator[Answer]:
    config = compose("train")
    for key in OWN:
        yield _sure(key, "ser.train", "type", NO_TYPE, _with(config, key, NO_TYPE))
        if key in RANGES:
            yield _sure(key, "ser.train", "range", -1, _with(config, key, -1))
        yield _sure(key, "ser.train", "name", f"+{key}_=1", _with(config, f"{key}_", 1))


def _of_choices(group: str) -> Answer:
    """Misspell a choice on the command line."""
    choice = sorted(path.stem for path in (CONF / group).glob("*.yaml"))[-1]
    word = f"{'+' if group in ('grid', 'sweep') else ''}{group}={choice[:-1]}"
    try:
        compose("train", [word])
    except Exception as error:
        return Answer(group, "ser.train", "choice", word, str(refusal(error)))
    raise AssertionError(f"{word} was taken")


def _of_group(group: str) -> Iterator[Answer]:
    seen = set()
    for path in sorted((CONF / group).glob("*.yaml")):
        alone = [f"{group}={path.stem}"]
        for words in dict.fromkeys(map(tuple, (NEEDS.get(path.stem, alone), alone))):
            config = compose("train", spell_corpora(words))
            content: Any = OmegaConf.to_container(config[group], resolve=False)
            target = str(content["_target_"])
            for place in places(content, group):
                if (target, place) not in seen:
                    seen.add((target, place))
                    yield from _of_setting(config, place, target, learner=group in BY_LEARNER)


def _of_setting(config: DictConfig, place: str, target: str, *, learner: bool) -> Iterator[Answer]:
    wrong = _with(config, place, NO_TYPE)
    yield _sure(place, target, "type", NO_TYPE, wrong)
    misspelt = f"{place}_"
    yield _sure(place, target, "name", f"+{misspelt}=1", _with(config, misspelt, 1))
    right = OmegaConf.select(config, place, throw_on_missing=False)
    if target in ASK_ELSEWHERE or isinstance(right, bool):
        return
    for kind, values in (("range", NUMBERS), ("choice", ("nonsense",))):
        for value in values:
            sentence = _asked(_with(config, place, value), learner=learner)
            if str(value) in sentence:  # and not of what else is wrong
                yield Answer(place, target, kind, str(value), sentence)
                break


def _of_plugins() -> Iterator[Answer]:
    for group in ("launcher", "sweeper"):
        for path in sorted((CONF / "hydra" / group).glob("*.yaml")):
            content: Any = OmegaConf.load(path)
            for key in LEAST.keys() & content.keys():
                for kind, value in (("type", NO_TYPE), ("range", -2)):
                    sentence = _of_count(f"hydra.{group}", key, value)
                    of = str(content["_target_"])
                    yield Answer(f"hydra.{group}.{key}", of, kind, str(value), sentence)


def _of_count(place: str, key: str, value: object) -> str:
    try:
        check_counts(place, {key: value})
    except ConfigError as error:
        return str(error)
    raise AssertionError(f"{place}.{key} takes {value}")


def _with(config: DictConfig, place: str, value: Any) -> DictConfig:
    changed = deepcopy(config)
    with open_dict(changed):
        OmegaConf.update(changed, place, value, merge=False, force_add=True)
    return changed


def _sure(setting: str, of: str, kind: str, value: object, config: DictConfig) -> Answer:
    """Ask for what has to be refused."""
    sentence = _asked(config)
    if not sentence:
        raise AssertionError(f"{setting} takes {value}")
    return Answer(setting, of, kind, str(value), sentence)


def write(rows: Sequence[Answer], file: IO[str]) -> None:
    """Write the record."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([field.name for field in fields(Answer)])
    writer.writerows(map(astuple, rows))


def main(arguments: Sequence[str] | None = None) -> None:
    """Ask every setting, and print or write what it answers."""
    parser = argparse.ArgumentParser("python -m faults.settings", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the record of the docs")
    chosen = parser.parse_args(arguments)
    if find_spec("opensmile") is None:
        parser.error("fusions with ComParE answer with openSMILE alone: pip install '.[opensmile]'")
    quieten()
    rows = sorted(answers(), key=lambda row: (row.setting, row.of, row.kind))
    if chosen.write:
        with RECORD.open("w", encoding="utf-8", newline="") as file:
            write(rows, file)
    else:
        write(rows, sys.stdout)


if __name__ == "__main__":
    main()

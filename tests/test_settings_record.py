"""The record of what settings answer holds every key of ``conf``, and what it says is true."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf

from faults.settings import CONF, GROUPS, RECORD, places
from ser.errors import ConfigError
from ser.training.demands import OWN, check_own

with RECORD.open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))


LONGEST = 320  # letters
WHOLE = "names nothing to build"  # of a part as a whole, which is not repeated


@pytest.mark.parametrize("group", GROUPS)
def test_every_key_has_answered_to_a_wrong_type_and_a_wrong_name(group: str) -> None:
    known = {(row["setting"], row["kind"]) for row in ROWS}
    for path in sorted(Path(CONF, group).glob("*.yaml")):
        content: Any = OmegaConf.to_container(OmegaConf.load(path))
        own = content.get(group, content if "_target_" in content else {})
        for place in places({k: v for k, v in own.items() if k != "defaults"}, group):
            assert {(place, "type"), (place, "name")} <= known, path


def test_every_answer_is_one_short_sentence() -> None:
    for row in ROWS:
        said = row["sentence"]
        assert said.endswith("."), row
        assert len(said.splitlines()) == 1, row
        assert len(said) < LONGEST, row


def test_every_answer_names_the_setting_and_its_value() -> None:
    for row in ROWS:
        said, parts = row["sentence"], row["setting"].split(".")
        assert parts[-1] in said or said.startswith(f"{parts[0]}="), row
        assert row["kind"] == "name" or row["value"].lstrip("+") in said or WHOLE in said, row


@pytest.mark.parametrize("key", OWN)
def test_a_setting_of_the_command_answers_as_the_record_says(key: str) -> None:
    (said,) = [row["sentence"] for row in ROWS if (row["setting"], row["kind"]) == (key, "type")]
    with pytest.raises(ConfigError) as caught:
        check_own(OmegaConf.create({key: [[1]]}))
    assert str(caught.value) == said

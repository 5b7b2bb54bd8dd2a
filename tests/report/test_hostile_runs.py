"""Whatever the files of a run hold, those who read it answer in a table or in one sentence."""

from __future__ import annotations

import io
import json
import traceback

import pytest
from marking import mark_again

from ser.errors import SerError
from ser.evaluation.findings import findings_of
from ser.report import compare_runs
from ser.report.sheets.overview import compact_overview, lacking
from ser.report.terminal import terminal
from ser.runs.reading import find_runs
from ser.sweep import status
from ser.sweep.selection import select
from ser.system.terminal import Terminal

ESCAPES = "\x1b]8;;http://evil\x07\x1b[2J[red]$x_1$[/]\u202e\r\t"
CONTENTS = {
    "empty": b"",
    "cut": b'{"a": ',
    "list": b"[1, [2]]",
    "nan": b"NaN",
    "deep": b"[" * 100_000,
    "utf-16": '{"a": 1}'.encode("utf-16"),
    "half a letter": b'{"a": "\xff\xfe"}',
    "empty object": b"{}",
    "nested": b'{"config": {"a": 1}, "cells": {"x": 3}, "shared": [], "folds": 1e9}',
    "other cells": b'{"words": [], "cells": [{"run": 3, "fold": "x", "seed": [], "title": {}}]}',
    "above": b'{"words": [], "cells": [{"run": "../../etc", "fold": -1, "seed": 0, "title": ""}]}',
    "escapes": ESCAPES.encode(),
}


def look(folder):
    """Read a folder in every way, as commands do; errors of the house end a way."""
    ways = (
        lambda: status.show(status.progress(status.planned([folder]))),
        lambda: [terminal(compact_overview([findings_of(r) for r in find_runs([folder])], "name"))],
        lambda: [terminal(lacking(find_runs([folder])))],
        lambda: [compare_runs({run.folder.name: run.folder for run in find_runs([folder])})],
        lambda: select([folder]),
    )
    sentences = []
    for way in ways:
        try:
            for table in way() or ():
                Terminal(file=io.StringIO(), width=100).print(table)
        except SerError as error:
            sentences.append(str(error))
    assert "\x1b" not in "".join(sentences)


@pytest.fixture
def run(write_run):
    return write_run(logs=True, missing=[2, 3])


def complaint(output, path):
    """What went wrong while everything was read, if it was not a sentence."""
    try:
        look(output)
    except Exception:
        return [f"{path.relative_to(output)}: {traceback.format_exc()[-900:]}"]
    return []


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
def test_no_content_of_any_file_ends_in_anything_but_a_sentence(run, content):
    output, complaints = run.parents[2], []
    read = [path for path in run.rglob("*.*") if "fold-00" in str(path) or path.parent == run]
    for path in sorted(path for path in read if path.is_file() and path.suffix != ".png"):
        before = path.read_bytes()
        path.write_bytes(content)
        complaints += complaint(output, path)
        path.write_bytes(before)
    plan = output / "sweeps" / "0123456789ab.json"
    plan.parent.mkdir()
    plan.write_bytes(content)
    assert not [*complaints, *complaint(output, plan)]


VALUES = (ESCAPES, -1, [], None)


@pytest.mark.parametrize("name", ["identity.json", "fold-00/seed-0/environment.json"])
@pytest.mark.parametrize("value", VALUES, ids=[repr(value)[:12] for value in VALUES])
def test_no_value_of_a_setting_or_a_fact_ends_in_anything_but_a_sentence(run, name, value):
    path, complaints = run / name, []
    content = json.loads(path.read_text())
    for key in list(content)[::4]:  # some of them; each takes a while
        path.write_text(json.dumps({**content, key: value}))
        mark_again(run)
        complaints += [f"{key}: {each}" for each in complaint(run.parents[2], path)]
    assert not complaints

"""Every command and example of ``docs/predict.md`` does what the page says."""

from __future__ import annotations

import io
import re
import shlex
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from ser.predict import main

PAGE = (Path(__file__).parents[2] / "docs/predict.md").read_text("utf-8")
LINES = [line for line in re.findall(r"^ {4}(.*)$", PAGE, re.M) if "ser.predict" in line]
INPUTS = {"find": b"calls/x.wav\ncalls/y.wav\n", "cat": None}


@pytest.fixture(scope="module")
def place(checkpoint, speech, tmp_path_factory):
    """A folder with what the page names."""
    folder = tmp_path_factory.mktemp("page")
    (folder / "calls").mkdir()
    for name in ("a.wav", "b.flac", "b, c.wav", "calls/x.wav", "calls/y.wav"):
        soundfile.write(folder / name, speech, 16_000)
    soundfile.write(folder / "hour.wav", np.tile(speech, 7), 16_000)
    (folder / "calls.csv").write_text("file,speaker\ncalls/x.wav,3\ncalls/y.wav,4\n")
    for number in range(2):
        cell = folder / f"runs/emodb/svm/speaker/fold-0{number}/seed-0"
        cell.mkdir(parents=True)
        shutil.copy(checkpoint, cell / "model.ckpt")
    for name in ("model.ckpt", "other.ckpt"):
        shutil.copy(checkpoint, folder / name)
    return folder


@pytest.mark.parametrize("line", LINES)
def test_a_command_of_the_page_runs(place, line, device, monkeypatch, capsys):
    if "audformat" in line:
        pytest.importorskip("audformat", reason="pip install audformat")
    monkeypatch.chdir(place)
    before, _, command = line.rpartition("| ")
    if before:
        given = INPUTS[before.split()[0]] or Path("a.wav").read_bytes()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
    main(shlex.split(command, comments=True)[3:])
    said = capsys.readouterr()
    assert re.search(r"\d%|Written to ", said.out)
    output = re.search(r"output=(\S+)", command)
    if output:
        assert list(place.glob(output[1].strip("'")))


def test_the_python_of_the_page_runs(place, speech, monkeypatch, capsys):
    monkeypatch.chdir(place)
    names = {"waveform": speech, "blocks": iter([speech] * 6), "sample_rate": 16_000}
    for code in re.findall(r"```python\n(.*?)```", PAGE, re.S):
        exec(code, names)
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 1 + 3 + 5 + 4

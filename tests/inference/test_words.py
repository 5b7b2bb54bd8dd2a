"""``ser.predict`` takes every name that a file can have."""

from __future__ import annotations

import copy
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
import soundfile
from saving import save

from ser.errors import ConfigError
from ser.inference.job import main as job
from ser.predict import WORDS, main

NAMES = [
    "müde.wav",
    "日本.wav",
    "a=b.wav",
    "my voice.wav",
    "it's.wav",
    'say "a".wav',
    "a,b.wav",
    "[a]{b}(c).wav",
    "${oc.env:HOME}.wav",
    "$HOME.wav",
    "null",
    "-1",
    "~a.wav",
    ":smile: [bold]x[/bold].wav",
    "back\\slash.wav",
    "a\nb.wav",
    "input=a.wav",
    "epoch=3-step=99.ckpt",
    "fold=3-epoch=07.ckpt",
    "runs/trainer.max_epochs=2/fold-00/model.ckpt",
    "runs/model.learning_rate=1e-3,trainer.max_epochs=2/model.ckpt",
]


@contextmanager
def chdir(folder):
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_taken_as_it_is(checkpoint, sound, name, tmp_path, capsys):
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(sound, tmp_path / name)
    with chdir(tmp_path):
        main([f"input={name}", f"checkpoint={checkpoint}"])
    heard = capsys.readouterr().out
    shutil.copy(checkpoint, tmp_path / name)
    with chdir(tmp_path):
        main([f"checkpoint={name}", f"input={sound}"])
    assert heard == capsys.readouterr().out
    assert heard.split()[0] in {str(i) for i in range(7)}


def test_the_command_takes_a_name_that_a_shell_was_given_in_quotes(checkpoint, sound, tmp_path):
    shutil.copy(sound, tmp_path / "it's a=b,[c].wav")
    words = f"checkpoint='{checkpoint}' input='it'\\''s a=b,[c].wav'"
    command = f"'{sys.executable}' -m ser.predict {words}"
    found = subprocess.run(
        command, shell=True, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert found.stdout.count("%") == 7


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["checkpoint=a", "imput=b"], r"'imput=b' is unknown \(did you mean 'input'\?\)"),
        (["--checkpoint=a"], "write checkpoint=a"),
        (["--input", "b.wav"], r"--input is no option here; .* write input=b\.wav"),
        (["checkpoint=a", "b.wav"], r"'b\.wav' is unknown; pass checkpoint=MODEL\.ckpt input=FILE"),
        (["checkpoint=a", "input=b", "input=c"], "input= comes twice"),
        (["checkpoint=a"], "input= is missing"),
        (["checkpoint=", "input=b"], "checkpoint= is missing"),
        ([], "checkpoint= is missing"),
    ],
)
def test_other_words_are_refused(words, says):
    with pytest.raises(ConfigError, match=says):
        WORDS.read(words)


def test_a_mistake_ends_with_one_sentence():
    with pytest.raises(SystemExit, match=r"^error: 'a\.wav' is unknown; "):
        main(["a.wav"])


@pytest.mark.parametrize("word", ["-h", "--help"])
def test_help_names_the_words(word, capsys):
    main([word])
    assert {"checkpoint=…", "input=…"} <= set(capsys.readouterr().out.split())


def test_a_file_that_is_no_waveform_is_named(checkpoint, speech, tmp_path):
    path = tmp_path / "loud.wav"
    soundfile.write(path, speech * 2**15, 16_000, subtype="FLOAT")
    with pytest.raises(SystemExit, match=r"loud\.wav.*16-bit audio"):
        job(str(checkpoint), str(path))


def test_the_model_of_a_leaking_run_is_warned_of(model, sound, tmp_path, capsys):
    model = copy.deepcopy(model)
    ways = "copies of test utterances are in training"
    model.origin = {"protocol": "published", "leaks": ways, "shuffled": True}
    save(model, tmp_path / "model.ckpt")
    job(str(tmp_path / "model.ckpt"), str(sound))
    *_, shuffled, leaking = capsys.readouterr().out.splitlines()
    assert shuffled.startswith("warning: SHUFFLED LABELS")
    assert leaking.startswith("warning: LEAKING PROTOCOL")
    assert leaking.endswith(f"protocol=published, so that its figures are too high: {ways}.")

"""Words that begin with dashes: options of Hydra, and how others are written here."""

from __future__ import annotations

from pathlib import Path

import pytest

from ser.errors import ConfigError
from ser.report.__main__ import main as report
from ser.rerun import read_words
from ser.training.options import options_last


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("--model svm", "--model is no option here; .* write model=svm"),
        ("--model=svm", "--model=svm is no option here; .* write model=svm"),
        ("data=emodb –model svm", "–model is no option here; .* write model=svm"),
        ("--batch-size 8 -m", "write data.batch_size=8"),
        ("--max_epochs", "write trainer.max_epochs=…"),
        ("--max_epochs fold=0", "write trainer.max_epochs=…"),
        ("-seed 3", "write seed=3"),
        ("--colour red", "KEY=VALUE, and --help says which there are"),
        ("--config-dir", "--config-dir needs a value: a folder"),
        ("--config-dir nothing", "--config-dir nothing does not exist; name a folder"),
        ("--config-dir=nothing", "--config-dir nothing does not exist"),
        ("--cfg jobs", r"--cfg='jobs' is unknown \(did you mean 'job'\?\)"),
        ("--conf x", "--conf is no option here"),
        ("--config-d nothing", "--config-dir nothing does not exist"),
        ("-cn -m", "-cn needs a value: the name of a configuration"),
    ],
)
def test_an_option_that_is_none_is_answered_with_its_setting(words: str, sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence):
        options_last(words.split(), "train")


@pytest.mark.parametrize(
    "words",
    ["-m seed=0,1", "--cfg job -p model", "-c=all", "--info plugins", "-i", "~logger", "-sc a=b"],
)
def test_options_of_hydra_are_left_to_it(words: str) -> None:
    assert sorted(options_last(words.split(), "train")) == sorted(words.split())


def test_settings_may_stand_behind_options() -> None:
    words = ["--multi", "seed=0,1", "--info", "plugins", "-cn=train", "fold=0", "--cfg", "job"]
    found = options_last(words, "train")
    assert found == [
        "seed=0,1",
        "fold=0",
        "--multi",
        "--info",
        "plugins",
        "-cn=train",
        "--cfg",
        "job",
    ]


def test_a_folder_of_ones_own_choices_is_taken(tmp_path: Path) -> None:
    options_last(["--config-dir", str(tmp_path), f"-cd={tmp_path}"], "train")


def test_a_repetition_says_how_its_settings_are_written(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"--fold is no option here; .* write fold=3"):
        read_words([str(tmp_path), "--fold", "3"])


@pytest.mark.parametrize("words", [["--sorted", "uar"], [], ["--sort", "uars", "runs"]])
def test_a_mistake_in_other_options_is_one_sentence(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        report(words)
    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert said.startswith("error: ")
    assert said.count("\n") == 1

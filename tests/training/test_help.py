"""``--help``: what each setting means and which values it takes, without waiting for PyTorch."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

from ser.runs.configuration import config_folder
from ser.train import main as train
from ser.training.help import arguments_of, help_text, meaning

GROUPS = ("data", "features", "cv", "protocol", "augment", "trainer", "logger", "model")
NAMES = [[p.stem for p in sorted(Path(config_folder(), g).glob("*.yaml"))] for g in GROUPS]
# One configuration has a choice of each group, so that few have all of them.
ROWS = [[names[i % len(names)] for names in NAMES] for i in range(max(map(len, NAMES)))]


def leaves(node, place=""):
    for key, value in node.items():
        if isinstance(value, dict) and value:
            yield from leaves(value, f"{place}{key}.")
        else:
            yield f"{place}{key}"


@pytest.mark.parametrize("row", ROWS, ids="-".join)
def test_every_setting_of_every_choice_has_a_meaning(row):
    words = [f"{group}={choice}" for group, choice in zip(GROUPS, row, strict=True)]
    with initialize_config_dir(config_folder(), version_base="1.3"):
        cfg = compose("train", words, return_hydra_config=True)
    picked, plain = cfg.hydra.runtime.choices, OmegaConf.to_container(cfg, resolve=False)
    del plain["hydra"]
    assert [key for key in leaves(plain) if not meaning(cfg, "train", key, picked)] == []


def test_the_help_shows_what_the_words_give_and_what_it_means():
    text = help_text("train", ["model=lstm", "seed=3", "--help"], width=100)
    assert re.search(r"seed=3 +initial weights", text)
    assert "model.hidden_size=64" in text
    assert "features._target_=ser.features.LogMel" in text
    assert "stratified" in text
    assert max(map(len, text.splitlines())) <= 120


def test_values_that_a_setting_may_have_stand_beside_its_default_once():
    text = " ".join(help_text("train", ["model=cnn1d"], width=100).split())
    assert "model.class_weight=null null or balanced, sqrt: weighs rare emotions" in text
    assert text.count("weighs rare emotions") + text.count("Weighs rare emotions") == 1


@pytest.mark.parametrize("name", ["audit", "explore"])
def test_the_help_of_another_command_is_its_own(name):
    with initialize_config_dir(config_folder(), version_base="1.3"):
        cfg = compose(name, return_hydra_config=True)
    picked, plain = cfg.hydra.runtime.choices, OmegaConf.to_container(cfg, resolve=False)
    del plain["hydra"]
    assert [key for key in leaves(plain) if not meaning(cfg, name, key, picked)] == []
    groups = re.findall(r"^  (\w+) +\w+,", help_text(name, []), re.M)
    assert "features" in groups
    assert "model" not in groups


def test_arguments_are_read_from_docstrings_of_bases_too():
    said = arguments_of("ser.models.CNN1D")
    assert "Adam" in said["learning_rate"]
    assert arguments_of("torch.nn.Linear") == {}


def test_help_does_not_wait_for_pytorch():
    program = "import sys; from ser.training.help import help_text; help_text('train', []); "
    program += "print('torch' in sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert found.stdout == "False\n"


@pytest.mark.parametrize("option", ["--config-dir {}", "--config-dir={}"])
def test_the_help_knows_choices_of_a_user_and_leaves_what_is_swept(option, tmp_path):
    (tmp_path / "model").mkdir()
    (tmp_path / "model/mine.yaml").write_text("_target_: ser.models.CNN1D\ndropout: 0.25\n")
    own = [word.format(tmp_path) for word in option.split()]
    words = [*own, "-m", "model=mine", "cv=kfold,speaker", "seed=range(3)"]
    text = help_text("train", words)
    assert "model.dropout=0.25" in text
    assert "cv.name=stratified" in text


def test_the_help_of_a_command_with_several_corpora_and_loggers_has_the_settings_of_each(
    monkeypatch, capsys
):
    words = ["data=emodb", "test_data=synthetic", "logger=[tensorboard,mlflow]", "--help"]
    monkeypatch.setattr(sys, "argv", ["ser.train", *words])
    train()
    shown = capsys.readouterr().out
    assert "data.corpora.synthetic.sentences=5" in shown
    assert "logger.mlflow.experiment=ser" in shown

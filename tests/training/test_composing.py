"""Words that Hydra cannot compose: one sentence, with what was likely meant."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hydra import compose, initialize_config_dir
from hydra.core.hydra_config import HydraConfig
from hydra.core.override_parser.overrides_parser import OverridesParser

from ser.audit.__main__ import main as audit
from ser.explore.__main__ import main as explore
from ser.runs.configuration import config_folder
from ser.train import main as train
from ser.training.door import open_door

TABLE = [
    ("model=cnn9", r"model=cnn9 is unknown \(did you mean 'cnn'\?\); choose one of cnn, cnn1d"),
    ("hydra/launcher=slurmm", r"did you mean 'slurm'\?"),
    ("data=EmoDB", r"did you mean 'emodb'\?"),
    ("model.DROPOUT=0", r"did you mean 'model.dropout'\?"),
    ("mode=cnn1d", r"mode is no setting here \(did you mean 'model'\?\)"),
    ("normalize=speaker", r"did you mean 'normalise'\?"),
    ("learning_rate=1", r"did you mean 'model.learning_rate'\?"),
    ("model.learnin_rate=1", r"did you mean 'model.learning_rate'\?"),
    ("trainer.colour=red", r"trainer\.colour is no setting here.*take one of trainer\."),
    ("model=cnn1d,lstm", "pass -m too to go through them"),
    ("foo", "foo is no setting, which is written KEY=VALUE"),
    ("model.form=a[b", r"model\.form=a\[b cannot be read; where the value is a text"),
    ("~foo", "'foo' does not exist"),
    ("=3", "=3 cannot be read"),
    ("grid=svm", r"grid= is only added, in a sweep of ser\.train; write -m \+grid=NAME"),
    ("features@model.parts.third.features=egemaps", "is a choice of a model that is not chosen"),
    ("data.batch_size=${foo}", "Interpolation key 'foo' not found; correct"),
]


@pytest.mark.parametrize(("word", "sentence"), TABLE)
def test_a_mistake_is_one_sentence_and_leaves_nothing(
    word: str, sentence: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["ser.train", word])
    with pytest.raises(SystemExit, match=sentence) as caught:
        train()
    assert len(str(caught.value).splitlines()) == 1
    assert str(caught.value).startswith("error: ")
    assert list(tmp_path.iterdir()) == []
    assert "HYDRA_FULL_ERROR" not in os.environ


@pytest.mark.parametrize("value", ["a[b", 'a["b', "a['b", "a[$HOME", "a['b\"c\\d"])
def test_what_is_to_be_typed_instead_is_read_letter_by_letter(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["ser.train", f"model.form={value}"])
    with pytest.raises(SystemExit) as caught:
        train()
    (typed,) = shlex.split(str(caught.value).partition(" its own, as ")[2].removesuffix("."))
    assert OverridesParser.create().parse_override(typed).value() == value


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"C: [1\nmax: 3\n", r"model/mine\.yaml, line 2 is no YAML \(.*\); correct the file"),
        (b"\xff\xfeC: 1", r"model/mine\.yaml is no YAML \('utf-8' codec"),
        (b"a: 1\n\tb: 2\n", r"model/mine\.yaml, line 2 is no YAML"),
        (b"just text", "model names nothing to build: it has no _target_"),
        (b"_target_: nowhere.Net", r"model\._target_=nowhere\.Net cannot be imported"),
        (b"_target_: leaving.Net", r"leaving\.Net cannot be imported \(SystemExit: 3\)"),
    ],
)
def test_a_file_of_ones_own_that_cannot_be_read_is_named(
    content: bytes, sentence: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "mine.yaml").write_bytes(content)
    (tmp_path / "leaving.py").write_text("raise SystemExit(3)\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "argv", ["ser.train", f"--config-dir={tmp_path}", "model=mine"])
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match=f"^error: .*{sentence}") as caught:
        train()
    assert len(str(caught.value).splitlines()) == 1


def test_an_audit_refuses_in_the_same_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["ser.audit", "cv=speakr"])
    with pytest.raises(SystemExit, match=r"did you mean 'speaker'\?"):
        audit()


def test_an_audit_says_that_it_trains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["ser.audit", "model=lstm"])
    with pytest.raises(SystemExit, match=r"model= is a choice of ser\.train and none of this"):
        audit()


@pytest.mark.parametrize("command", [audit, explore])
def test_what_trains_nothing_never_asks_whether_the_word_that_it_refuses_was_meant(
    command: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["ser.any", "trainer.max_epochs=2"])
    with pytest.raises(SystemExit) as caught:
        command()
    assert str(caught.value) == (
        "error: trainer.max_epochs is a setting of ser.train and none of this command; leave it "
        "out."
    )


def test_a_group_that_was_left_out_is_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["ser.train", "~trainer", "trainer.max_epochs=2"])
    with pytest.raises(SystemExit, match=r"^error: trainer is no setting here; take one of augm"):
        train()


def test_what_an_earlier_command_of_the_process_composed_changes_no_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(HydraConfig.instance(), "cfg", None)  # and afterwards what it is now
    with initialize_config_dir(config_folder(), version_base="1.3"):
        HydraConfig.instance().set_config(compose("train", return_hydra_config=True))
    monkeypatch.setattr(sys, "argv", ["ser.train", "=3"])
    with pytest.raises(SystemExit, match="=3 cannot be read"):
        train()


def test_an_error_of_a_command_that_had_begun_is_not_blamed_on_its_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(cfg: object) -> None:
        raise RuntimeError("of our own")

    monkeypatch.setattr(sys, "argv", ["ser.train"])
    with pytest.raises(RuntimeError, match="of our own"):
        open_door(broken, "train")

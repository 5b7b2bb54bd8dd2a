"""Every key of ``conf`` refuses a value of another type, in a sentence that names it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import cache
from typing import Any

import pytest
from hydra import compose, initialize_config_dir
from omegaconf import DictConfig, OmegaConf, open_dict

from faults.settings import CONF, GROUPS, NO_TYPE, build, places
from ser.audit.job import audit
from ser.errors import ConfigError
from ser.sweep.jobs import Jobs
from ser.training.demands import OWN, unfit
from ser.training.processes import refuse_all_folds
from ser.training.settings import check_settings, check_trainer

Configure = Callable[..., DictConfig]


@pytest.fixture(scope="module")
def configure() -> Iterator[Configure]:
    """Compose a configuration from some words."""
    with initialize_config_dir(str(CONF), version_base="1.3"):
        once = cache(lambda job, words: compose(job, list(words)))
        yield lambda *words, job="train": deepcopy(once(job, words))


@pytest.mark.parametrize("group", GROUPS)
def test_every_key_of_every_choice_refuses_what_it_does_not_take(
    group: str, configure: Configure
) -> None:
    seen = set()
    for path in sorted((CONF / group).glob("*.yaml")):
        config = configure(f"{group}={path.stem}")
        content: Any = OmegaConf.to_container(config[group], resolve=False)
        for place in places(content, group):
            right, target = OmegaConf.select(config, place), content["_target_"]
            if (target, place) in seen:
                continue
            seen.add((target, place))
            OmegaConf.update(config, place, NO_TYPE, merge=False)
            with pytest.raises(ConfigError, match=place.rpartition(".")[2]):
                build(config)
            OmegaConf.update(config, place, right, merge=False)
    assert seen


@pytest.mark.parametrize("key", OWN)
def test_every_key_of_the_command_itself_refuses_what_it_does_not_take(
    key: str, configure: Configure
) -> None:
    config = configure()
    config[key] = NO_TYPE
    with pytest.raises(ConfigError, match=rf"{key}=.*\[\[1\]\].* must be"):
        build(config)
    with open_dict(config):
        del config[key]
    with pytest.raises(ConfigError, match=f"~{key} leaves out"):
        build(config)


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("trainer.max_epochs=abc", r"trainer\.max_epochs='abc' must be a whole number or null"),
        (
            "trainer.precision=foo",
            r"trainer\.precision='foo' is unknown; choose one of auto, bf16-mixed",
        ),
        ("trainer.gradient_clip_val=high", "must be a number or "),
        (
            "trainer.record=always",
            r"trainer\.record='always' must be auto, true or false; correct",
        ),
        ("trainer.compile=3", r"trainer\.compile=3 must be text or null"),
        ("+trainer.max_epoch=3", r"no setting of Trainer \(did you mean 'max_epochs'\?\)"),
        ("~trainer.devices", r"~trainer\.devices leaves out"),
        ("data.batch_size=3.5", r"data\.batch_size=3\.5 must be a whole number"),
        ("data.verify=1", r"data\.verify=1 must be true or false"),
        ("features.parts=zcr", r"features\.parts='zcr' must be a list of texts; correct"),
        ("model.dropout=abc", r"model\.dropout='abc' must be a number"),
        ("+model.foo=1", r"model\.foo is no setting of CNN1D"),
        ("model._target_=foo.Bar", r"model\._target_=foo\.Bar cannot be imported"),
        ("model._target_=math.sqrt", "neither a subclass of"),
        ("~model._target_", "model names nothing to build: it has no _target_"),
        ("retry=maybe", r"retry='maybe' must be true or false"),
        ("data.balance=none", r"data\.balance='none' is unknown \(did you mean 'null'\?\)"),
        ("trainer.max_epochs=1e9", "must be a whole number or null, as 1000000000; correct"),
        ("trainer.precision=bf16-mix", r"\(did you mean 'bf16-mixed'\?\)"),
        ("trainer.strategy=dpp", r"trainer\.strategy='dpp' is unknown \(did you mean 'ddp'\?\)"),
        ("+trainer.profiler=foo", r"trainer\.profiler=foo is refused by Lightning \(When"),
        ("augment=waveform augment.waveform=3", "must be a list of parts, each with a _target_"),
        ("augment=mixup augment.mixup.alpha=0", r"augment\.mixup\.alpha=0 must be positive"),
        ("model=mlp model.input_dropout=2", r"model\.input_dropout=2 must be from 0 to 1"),
        (
            "logger.name=3",
            r"logger\.name=3 must be text or null \(in a shell: logger\.name='\"3\"'\)",
        ),
        ("+cv.folds=3", r"cv\.folds is no setting of regime; leave it out, or .*inner, test\.$"),
        ("seed=-1", "seed=-1 must be from 0 to 4294967295"),
        ("early_stopping=-1", "early_stopping=-1 must be 0 or more"),
        ("output=''", "output= is empty; name a folder"),
        ("+sed=3", r"sed is no setting here \(did you mean 'seed'\?\)"),
        ("data.batch_size=0", r"data\.batch_size=0 must be 1 or more"),
        ("trainer.max_epochs=0", r"trainer\.max_epochs=0 must be 1 or more"),
        ("trainer.max_epochs=-1", "ends with the training, which has no end here"),
        ("trainer.precision=bf16-true", "half precision, which loses small steps; take bf16-mixed"),
        ("trainer.accelerator=cpus", r"'cpus' is unknown \(did you mean 'cpu'\?\)"),
        ("trainer.devices=0", r"trainer\.devices=0 is refused by Lightning"),
        ("trainer.compile=fast", r"trainer\.compile='fast' is unknown"),
        ("trainer.gradient_clip_val=-1", r"gradient_clip_val=-1 must be 0 or more"),
        ("+trainer.overfit_batches=1", "no place in a cross-validation"),
        ("refit=null +trainer.limit_val_batches=0.5", r"limit_val_batches=0\.5 leaves epochs"),
        ("+trainer.limit_train_batches=0", "limit_train_batches=0 must be above 0"),
        ("model.schedule=step", "schedule='step' is unknown; choose one of constant, cosine"),
        ("model.form=shallo", r"model\.form='shallo' is unknown \(did you mean 'shallow'\?\)"),
        ("model.learning_rate=-1", "learning_rate=-1 must be 0 or more"),
        ("model.learning_rate=nan", "learning_rate=nan must be 0 or more"),
        ("model.label_smoothing=2", "model.label_smoothing=2 must be from 0 to 1"),
        ("model.dropout=-1", "dropout=-1 must be 0 or more"),
        ("model.dropout=5", r"model\.dropout=5 cannot be built \(ValueError: dropout probability"),
        ("model=lstm model.hidden_size=0", r"model\.hidden_size=0 cannot be built"),
        ("model=svm augment=mixup", "augment draws anew in each step of a training, and SVC has"),
        ("model=svm data.balance=emotion", "data.balance deals anew in each step"),
        ("features=logmel", "LogMel gives a matrix of frames, and CNN1D reads vectors, as of"),
        ("model=fusion +model.weights=equal", r"model\.weights is no setting of FusionLearner"),
        (
            "model=fusion augment=tract",
            r"write augment@model\.parts\.vectors\.augment=NAME for one",
        ),
        ("model=fusion model.parts=null", r"model\.parts=null must be a mapping"),
        ("model=fusion model.parts.frames=3", r"model\.parts\.frames has 3; each part needs"),
        (
            "model=fusion +model.parts.frames.seed=3",
            "augment, model, seed; each part needs features",
        ),
        ("model=fusion +model.parts.frames.model.size=3", r"parts\.frames: model\.size is no sett"),
        ("model=fusion model.parts.frames.model=3", "parts.frames: model names nothing to build"),
    ],
)
def test_the_sentence_names_key_value_and_rule(
    word: str, sentence: str, configure: Configure
) -> None:
    with pytest.raises(ConfigError, match=sentence):
        build(configure(*word.split()))


def test_what_is_of_its_type_is_built(configure: Configure) -> None:
    words = ("data.batch_size=3", "model.dropout=1", "features.duration=2", "cv.n_splits=3")
    build(configure(*words, "trainer.precision=64", "logger.version=3"))


def test_a_value_is_shown_in_its_own_letters() -> None:
    assert "Ärger" in str(unfit("data.emotions", ["Ärger"], str))


def test_a_trainer_that_takes_anything_is_given_anything(configure: Configure) -> None:
    target = f"trainer._target_={__name__}.made"
    check_trainer(OmegaConf.to_container(configure(target, "+trainer.mine=1").trainer))


def made(**settings: object) -> dict[str, object]:
    return settings


def test_a_list_of_parts_is_checked_part_by_part() -> None:
    parts = [{"_target_": "ser.augment.Gain", "probability": 0.1}, 5]
    with pytest.raises(ConfigError, match=r"augment\.waveform\[1\]"):
        check_settings("augment", {"_target_": "ser.augment.Augmentation", "waveform": parts})


def test_a_sweep_refuses_before_a_job_begins(configure: Configure) -> None:
    with pytest.raises(ConfigError, match="seed='abc' must be a whole number"):
        Jobs([["seed=abc"]], lambda _: configure("seed=abc")).planned()


def test_several_devices_train_one_fold_as_a_setting_says(configure: Configure) -> None:
    for words in (("trainer.devices=2",), ("trainer=ddp",), ("+trainer.num_nodes=2",)):
        with pytest.raises(ConfigError, match="pass one fold after the other"):
            refuse_all_folds("all", configure(*words).trainer)
    for words in (
        ("trainer.devices=auto",),
        ("trainer.devices=[1]",),
        ("trainer.devices=null", "model=svm", "features=statistics"),  # which looks at none
        (),
    ):
        refuse_all_folds("all", configure(*words).trainer)


@pytest.mark.parametrize("key", ["permutations", "close", "clipped", "seed", "shuffle_labels"])
def test_an_audit_refuses_as_a_training_does(key: str, configure: Configure) -> None:
    config = configure(job="audit")
    config[key] = NO_TYPE
    with pytest.raises(ConfigError, match=rf"{key}=.*\[\[1\]\].* must be"):
        audit(config)


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("model.C=-1", r"model\.C=-1 must be a number above 0; correct it\."),
        ("model.break_ties=3", r"model\.break_ties=3 must be true or false; correct it\."),
        (
            "model.kernel=rbff",
            r"model\.kernel='rbff' must be one of 'linear', 'poly', 'precomputed', 'rbf', "
            r"'sigmoid' \(did you mean 'rbf'\?\); correct it\.",
        ),
        ("model.gamma=-1", r"model\.gamma=-1 must be one of 'auto', 'scale' or a number of 0 or"),
        (
            "model.class_weight=x",
            r"model\.class_weight='x' must be 'balanced', a mapping or",
        ),
    ],
)
def test_what_scikit_learn_refuses_is_said_in_the_words_of_other_settings(
    word: str, sentence: str, configure: Configure
) -> None:
    with pytest.raises(ConfigError, match=f"^{sentence}"):
        build(configure("model=svm", "features=statistics", word))

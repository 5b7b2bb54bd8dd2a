"""How each part of an experiment is spelt, whether it is a name or an object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import ser.data
from ser.augment import Augmentation
from ser.corpora import Corpus
from ser.data import CorpusDataModule
from ser.errors import ConfigError
from ser.folds import REGIMES, Regime, regime
from ser.models import EmotionClassifier
from ser.models.classifier import SHAPE
from ser.training.spelling import Spelt, described, refuse_lost, said, settings_of, spell, word

DEALT = ("corpus", "front_end", "cv", "fold", "protocol", "augment", "seed", "shuffle_labels",
         "pad_to")  # fmt: skip
LOADED = ("batch_size", "eval_batch_size", "balance", "group_by_length", "cache", "verify",
          "duplicates")  # fmt: skip


def spell_data(data: object) -> Spelt:
    """Spell a corpus, a datamodule, or the name of a corpus.

    Raises:
        ConfigError: If it is none of them.
    """
    if isinstance(data, str):
        return Spelt(data, (f"data={data}",))
    if not isinstance(data, Corpus | CorpusDataModule):
        raise ConfigError(
            f"data={type(data).__name__} is neither a corpus, nor a datamodule, nor the "
            "name of a corpus; pass one of them, such as ser.data.EmoDBDataModule(root)."
        )
    if isinstance(data, Corpus):
        return replace(_of_corpus(data, {}), name=data.name)
    corpus, given = data.folds.corpus, settings_of(data)
    if type(data) is CorpusDataModule:
        return replace(_of_corpus(corpus, given), name=corpus.name)
    own = {key: value for key, value in given.items() if key not in DEALT}
    return replace(spell("data", type(data), own), name=corpus.name)


def spell_model(model: Any) -> Spelt:
    """Spell a network or its class, an estimator, or the name of a model.

    Raises:
        ConfigError: If it is none of them.
    """
    if isinstance(model, str):
        return Spelt(model, (f"model={model}",))
    kind = kind_of(model)
    if isinstance(model, type):
        return spell("model", kind, {})
    if isinstance(model, EmotionClassifier):
        settings = {k: v for k, v in model.hparams.items() if k not in SHAPE}
        return spell("model", kind, described(settings))
    return spell("model", kind, settings_of(model))


def kind_of(model: Any) -> type:
    """Class of a model that is an object.

    Raises:
        ConfigError: If it is neither a network nor a classifier.
    """
    kind: type = model if isinstance(model, type) else type(model)
    if not (
        issubclass(kind, EmotionClassifier) or (hasattr(kind, "fit") and hasattr(kind, "predict"))
    ):
        raise ConfigError(
            f"model={kind.__name__} is neither a subclass of ser.models.EmotionClassifier, nor a "
            "classifier of scikit-learn, nor a name; pass one of them, such as ser.models.CNN1D."
        )
    return kind


def _of_corpus(corpus: Corpus, given: Mapping[str, Any]) -> Spelt:
    """Spell a corpus: by the datamodule that is named after it, or as an argument of one."""
    loaded = {key: value for key, value in given.items() if key in LOADED}
    named = getattr(ser.data, f"{type(corpus).__name__}DataModule", None)
    if named is not None and type(corpus).__module__.startswith("ser."):
        return spell("data", named, {**settings_of(corpus), **loaded})
    spelt = spell("data", CorpusDataModule, {"corpus": described(corpus), **loaded})
    return replace(spelt, changes=tuple(c for c in spelt.changes if "data.corpus" not in c))


def settings_of_augmentation(augment: Augmentation) -> dict[str, Any]:
    """Settings of an augmentation, whose constructor takes some in another form.

    Raises:
        ConfigError: If an argument of the constructor is not kept, of it or of one of its parts:
            another value of it would be taken for the same training.
    """
    steps = [*augment.waveform.transforms]
    for part in (*steps, augment.spec_augment, augment.mixup):
        refuse_lost(part)
    parts = {"spec_augment": augment.spec_augment, "mixup": augment.mixup}
    waveform = [described(step) for step in steps]
    usual = {"copies": [*augment.copies], "waveform": waveform, **described(parts)}
    if type(augment) is Augmentation:
        return usual
    refuse_lost(augment)
    return {name: usual.get(name, value) for name, value in settings_of(augment).items()}


def spell_regime(cv: str | Regime) -> Spelt:
    """Spell a regime: by its name, with number of folds and seed where they are others."""
    if isinstance(cv, str):
        return Spelt(cv, (f"cv={cv}",))
    splitter: Any = cv.splitter
    given: dict[str, Any] = {
        "n_splits": getattr(splitter, "n_splits", None),
        "seed": getattr(splitter, "random_state", getattr(splitter, "seed", None)),
    }
    given = {key: value for key, value in given.items() if value is not None}
    for settings in (
        ({}, {k: v for k, v in given.items() if k != "seed"}, given)
        if cv.name in REGIMES and cv.name != "predefined"
        else ()
    ):
        try:
            same = repr(regime(cv.name, **settings)) == repr(cv)
        except ConfigError:
            continue
        if same:
            words = (word(key, value, "cv.") for key, value in settings.items())
            return Spelt(cv.name, (f"cv={cv.name}", *words))
    # Which says little of some splitters; the folds are compared themselves.
    return Spelt(cv.name, node={"_target_": "ser.folds.Regime", "name": cv.name, "is": said(cv)})

"""Networks that are trained on the whole training side, and several of them in one cell."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch
from omegaconf import OmegaConf
from pytorch_lightning import Callback, Trainer

import ser
from ser.data import CorpusDataModule
from ser.data.batches import Loading
from ser.errors import ConfigError
from ser.features import UtteranceStatistics
from ser.models import MLP
from ser.models.seal import digest, sealed
from ser.runs.cell import Cell
from ser.runs.configuration import config_folder
from ser.training.continuing import checkpointing
from ser.training.ensemble import EnsembleLearner
from ser.training.experiment import composed
from ser.training.lightning import LightningLearner
from ser.training.refit import RefitLearner, by_validation, fixed, whole_training_side
from ser.training.seeds import StepSeed
from ser.training.way import refuse_unjudged_trial, way_of

EPOCHS = 4
FOLD = 1


class PowerCut(Callback):
    """End a training before the last epoch of a part of it."""

    def __init__(self, part):
        self.part = part

    def on_train_epoch_start(self, trainer, pl_module):
        parts = trainer.checkpoint_callback.dirpath.split("/parts/")[1:]
        here = parts[0].removesuffix("/checkpoints") if parts else ""
        if here == self.part and trainer.current_epoch == trainer.max_epochs - 1:
            raise RuntimeError("power cut")


@pytest.fixture(scope="module")
def data(emodb):
    front_end = UtteranceStatistics(16_000, parts=["mfcc"], n_mfcc=13)
    return CorpusDataModule(emodb, front_end, "speaker", verify=False).folds.fold(FOLD)


def plain(*more, validation=True, epochs=EPOCHS):
    """Learner of a small network that chooses its epoch, or takes the last one."""

    def make_trainer(cell):
        return Trainer(
            callbacks=[StepSeed(cell.draws), *checkpointing(cell, validation, 15, every=0), *more],
            max_epochs=epochs,
            accelerator="cpu",
            logger=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            num_sanity_val_steps=0,
        )

    settings = {"hidden_size": 8, "learning_rate": 0.02, "schedule": "onecycle"}
    return LightningLearner(MLP, settings, make_trainer, loading=Loading(batch_size=8))


def without_validation(*more):
    return lambda epochs: plain(*more, validation=False, epochs=epochs)


def refit(*more):
    return RefitLearner(by_validation(plain(*more)), without_validation(*more))


def ensemble(*more, members=2):
    return EnsembleLearner(refit(*more), members)


@pytest.fixture
def cell(tmp_path):
    return Cell(tmp_path / "run", FOLD)


@pytest.fixture(scope="module")
def undisturbed(data, tmp_path_factory):
    """What an ensemble of two gives that nothing disturbed."""
    return ensemble().fit(data, Cell(tmp_path_factory.mktemp("whole"), FOLD))


def shares_of(table):
    return table.filter(like="p_").to_numpy()


def test_fixed_epochs_are_trained_on_the_whole_training_side(data, cell, tmp_path):
    outcome = RefitLearner(fixed(3), without_validation()).fit(data, cell)
    whole = whole_training_side(data)
    again = plain(validation=False, epochs=3).fit(whole, Cell(tmp_path / "again", FOLD))
    pd.testing.assert_frame_equal(outcome.test, again.test)
    assert len(whole.rows("train")) == len(data.rows("train")) + len(data.rows("validation"))
    assert outcome.validation is None
    assert outcome.facts["epochs"] == outcome.facts["chosen_epoch"] == 3
    assert outcome.facts["refit"].endswith("fixed beforehand")


def test_fixed_epochs_may_be_those_of_a_limit_of_steps(start):
    words = ("model=mlp", "features=statistics", "fold=0", "data.batch_size=10")
    for number, without in enumerate(("trainer.max_epochs=null", "~trainer.max_epochs")):
        run = start(*words, without, "+trainer.max_steps=6", output=str(number))
        facts = json.loads((run / "fold-00" / "seed-0" / "environment.json").read_text())
        assert facts["epochs"] == facts["chosen_epoch"] == 2


def test_a_refit_takes_the_epoch_that_validation_chose_and_its_schedule(data, cell, tmp_path):
    outcome = refit().fit(data, cell)
    choosing = plain().fit(data, Cell(tmp_path / "choosing", FOLD))
    chosen = choosing.facts["chosen_epoch"]
    learner = plain(validation=False, epochs=chosen)
    alone = learner.fit(whole_training_side(data), Cell(tmp_path / "alone", FOLD))
    assert outcome.facts["chosen_epoch"] == chosen
    assert outcome.facts["epochs"] == choosing.facts["epochs"]
    pd.testing.assert_frame_equal(outcome.test, alone.test)
    pd.testing.assert_frame_equal(outcome.validation, choosing.validation)
    assert digest(outcome.model) == digest(alone.model)


def test_the_whole_training_side_has_the_copies_of_all_its_utterances(emodb):
    from ser.augment import Augmentation

    front_end = UtteranceStatistics(16_000, parts=["mfcc"], n_mfcc=13)
    folds = CorpusDataModule(
        emodb, front_end, "speaker", augment=Augmentation(["noise"]), verify=False
    ).folds
    rows = whole_training_side(folds.fold(0)).rows("train")
    views = pd.crosstab([row.id for row in rows], [row.view for row in rows])
    assert (views == 1).all().all()
    assert len(views) == 28


def test_an_ensemble_is_the_mean_of_networks_of_other_seeds(undisturbed, data, tmp_path):
    tables = []
    for seed in (0, 1):
        lone = Cell(tmp_path / str(seed), FOLD, seed, chance=seed)
        tables.append(shares_of(refit().fit(data, lone).test))
    assert not np.allclose(*tables, atol=1e-3)
    np.testing.assert_allclose(shares_of(undisturbed.test), sum(tables) / 2, atol=1e-6)
    assert set(undisturbed.test["seed"]) == {0}
    assert undisturbed.facts["members"] == 2


def test_no_two_seeds_share_a_member(tmp_path):
    seeds = [Cell(tmp_path, 0, seed).member(i, 3).draws for seed in range(3) for i in range(3)]
    assert sorted(seeds) == [*range(9)]


def test_the_model_file_of_an_ensemble_predicts_what_was_reported(undisturbed, data, tmp_path):
    torch.save(sealed(undisturbed.model), tmp_path / "model.ckpt")
    model = ser.load(tmp_path / "model.ckpt").model.eval()
    rows = torch.from_numpy(data.fold.side("test"))
    features, lengths = data.prepared.features.batch(rows)
    with torch.no_grad():
        shares = model.probabilities(features, lengths).numpy()
    np.testing.assert_allclose(shares, shares_of(undisturbed.test), atol=1e-6)


@pytest.mark.parametrize("part", ["member-0/choice", "member-0", "member-1/choice", "member-1"])
def test_an_ensemble_that_broke_off_in_any_part_is_continued_to_the_same(
    undisturbed, data, cell, part
):
    with pytest.raises(RuntimeError, match="power cut"):
        ensemble(PowerCut(part)).fit(data, cell)
    outcome = ensemble().fit(data, cell)
    assert outcome.facts["continued"] is True
    pd.testing.assert_frame_equal(outcome.test, undisturbed.test)
    pd.testing.assert_frame_equal(outcome.validation, undisturbed.validation)
    assert digest(outcome.model) == digest(undisturbed.model)


def config(validation=True, **changes):
    """The part of a configuration that says how networks are trained."""
    settings = {"refit": None, "ensemble": None, "early_stopping": None, **changes}
    trainer = SimpleNamespace(strategy=settings.pop("strategy", "auto"), devices=1)
    protocol = SimpleNamespace(validation=validation, name="published")
    return SimpleNamespace(trainer=trainer, protocol=protocol, **settings)


@pytest.mark.parametrize(
    ("cfg", "reason"),
    [
        (config(refit="later"), "refit=later is unknown; pass true or fixed"),
        (config(refit=1), "refit=1 is unknown"),
        (config(ensemble=0), "ensemble=0 must be a number of networks from 1 to 100"),
        (config(ensemble="3"), "ensemble=3 must be a number"),
        (config(ensemble=True), "ensemble=True must be a number"),
        (config(False, refit=True), "protocol=published has none; pass refit=null"),
        (config(refit=True, strategy="ddp"), "train on one device"),
        (config(refit="fixed", early_stopping=5), "early_stopping=5 watches .* pass refit=null"),
        (config(False, early_stopping=5), "protocol=published has none; leave it out"),
    ],
)
def test_a_way_that_does_not_exist_is_refused(cfg, reason):
    with pytest.raises(ConfigError, match=reason):
        way_of(cfg)


@pytest.mark.parametrize(
    ("cfg", "reason"),
    [
        (config(refit="fixed"), "refit=fixed leaves none; pass refit=null"),
        (config(False), "protocol=published leaves none; take protocol=honest"),
    ],
)
def test_a_trial_that_nothing_would_judge_is_refused_before_it_is_trained(cfg, reason):
    optuna = OmegaConf.load(Path(config_folder(), "hydra/sweeper/optuna.yaml"))
    with pytest.raises(ConfigError, match=reason):
        refuse_unjudged_trial(cfg, optuna)
    refuse_unjudged_trial(config(refit=True), optuna)
    refuse_unjudged_trial(cfg, {"_target_": "hydra_plugins.ser_sweeps.cells.CellSweeper"})


def test_the_patience_that_nobody_asked_for_is_no_wish():
    usual = composed([]).early_stopping
    assert way_of(config(refit="fixed", early_stopping=usual)).refit == "fixed"


def test_without_a_validation_side_fixed_epochs_change_nothing():
    assert way_of(config(False, refit="fixed", ensemble=1)) == way_of(config(False))


def test_a_job_chooses_by_its_inner_folds_and_says_so(start):
    words = ["model=mlp", "features=statistics", "refit=true", "ensemble=2", "cv.inner=2"]
    run = start(*words, "fold=0", "trainer.max_epochs=2")
    cell = run / "fold-00" / "seed-0"
    facts = json.loads((cell / "environment.json").read_text())
    inner = [json.loads(path.read_text()) for path in sorted(cell.glob("inner-*/environment.json"))]
    assert facts["chosen_epoch"] == min(fact["chosen_epoch"] for fact in inner)
    assert facts["refit"].endswith("for the median of the epochs that inner folds chose")
    assert not (cell / "validation.csv").exists()
    assert (cell / "inner-00" / "validation.csv").exists()
    assert not list(run.rglob("last.ckpt"))
    assert run.name.startswith("ensemble-2_epochs-2_features-statistics_inner-2_ref")
    notes = json.loads((run / "metrics.json").read_text())["notes"]
    mean = notes.index("Probabilities are the mean of 2 networks.")
    assert notes[mean - 1].startswith("Networks were trained on the whole training side")


def test_an_ensemble_of_estimators_is_refused(start):
    with pytest.raises(ConfigError, match="SVC is fitted in one way; leave ensemble out"):
        start("model=svm", "ensemble=3")

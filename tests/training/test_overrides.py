"""Settings that people pass: each works, or one sentence says why it cannot."""

import json

import pytest
from sweeping import train

from ser.errors import ConfigError, FailedError, TrainingError
from ser.runs.configuration import spell_absence
from ser.runs.state import started_cells

BRIEF = ("fold=0", "trainer.max_epochs=1")


def test_gradients_can_be_clipped_in_mixed_precision(start):
    run = start(*BRIEF, "trainer.gradient_clip_val=0.5", "trainer.precision=bf16-mixed")
    assert (run / "predictions.csv").exists()


def test_a_training_that_is_not_finite_is_a_failed_cell_that_says_when(start, tmp_path):
    with pytest.raises(FailedError, match="epoch 1, step 2: the loss is nan"):
        start("model.learning_rate=1e12", "data.batch_size=4")
    (identity,) = tmp_path.rglob("identity.json")
    cells = started_cells(identity.parent)
    assert [cell.state for cell in cells] == ["failed"] * 3
    assert all("the loss is nan" in cell.error for cell in cells)
    assert not [*tmp_path.rglob("done"), *tmp_path.rglob("*.ckpt")]


def test_a_single_fold_that_is_not_finite_raises_as_a_mistake_of_the_user(start):
    with pytest.raises(TrainingError, match="Lower the learning rate"):
        start("model.learning_rate=1e12", "data.batch_size=4", "fold=0")


def test_a_training_without_a_logger_writes_no_curves(start):
    run = start(*BRIEF, "~logger")
    assert not (run / "fold-00" / "seed-0" / "csv").exists()
    assert (run / "predictions.csv").exists()


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("+trainer.check_val_every_n_epoch=2", r"trainer\.check_val_every_n_epoch=2 leaves epochs"),
        ("+trainer.limit_val_batches=0", r"trainer\.limit_val_batches=0 leaves epochs"),
        ("+trainer.callbacks=[]", r"trainer\.callbacks is set by ser\.train itself"),
        ("+trainer.colour=red", r"trainer\.colour is no setting of Trainer"),
        ("trainer.precision=8", r"trainer\.precision=8 is unknown; choose one of auto"),
        ("~features", "leaves out features, which every training needs"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_in_a_sentence(start, word, sentence):
    with pytest.raises(ConfigError, match=sentence):
        start(*BRIEF, "refit=null", word)


def test_epochs_need_no_judge_where_the_protocol_has_none(start):
    run = start(*BRIEF, "protocol=published", "+trainer.limit_val_batches=0")
    facts = json.loads((run / "fold-00" / "seed-0" / "environment.json").read_text())
    assert facts["validation"] == 0


def test_a_group_that_is_null_is_left_out():
    words = ["logger=null", "seed=null", "model=cnn1d", "experiment=null", "--multirun"]
    assert spell_absence(words) == ["~logger", "seed=null", "model=cnn1d", "~experiment", words[4]]


def test_a_logger_that_is_null_gets_past_hydra(tmp_path):
    found = train("logger=null", "model=null", f"output={tmp_path}")
    assert found.stderr.startswith("error: ~model or model=null leaves out model")

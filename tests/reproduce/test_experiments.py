"""Every published row is a configuration that runs from the audio to its figures."""

import json
from pathlib import Path

import pytest
from hydra import compose, initialize_config_dir
from hydra.core.hydra_config import HydraConfig
from hydra.utils import instantiate
from iemocap_layout import write_iemocap
from omegaconf import open_dict

from reproduce.published import rows
from ser.errors import CorpusError
from ser.runs.configuration import config_folder
from ser.runs.names import run_name
from ser.runs.predictions import from_csv
from ser.training.job import train

NAMES = sorted(path.stem for path in Path(config_folder(), "experiment/published").glob("*.yaml"))
LICENSED = [n for n in NAMES if n.startswith("iemocap") and n.endswith("kfold")]


def composed(*words):
    with initialize_config_dir(config_folder(), version_base="1.3"):
        return compose("train", list(words), return_hydra_config=True)


@pytest.fixture(scope="session")
def iemocap(tmp_path_factory):
    """Two sessions in the layout of the release, with noise for speech."""
    return write_iemocap(tmp_path_factory.mktemp("iemocap"), sessions=(1, 2))


def test_there_is_a_configuration_for_each_of_the_28_published_rows():
    models = {
        "iemocap": {
            *("cnn2d", "lstm", "cnn2d_lstm", "resnet50", "resnet", "cnn1d", "cnn1d_lstm"),
            *("cnn1d_augmented", "cnn1d_lstm_augmented"),
        },
        "emodb": {"cnn2d", "cnn1d", "cnn1d_lstm", "cnn1d_augmented", "cnn1d_lstm_augmented"},
    }
    expected = {
        f"{corpus}_{model}_{cv}"
        for corpus, names in models.items()
        for model in names
        for cv in ("kfold", "stratified")
    }
    assert set(NAMES) == expected
    assert len(expected) == 28


@pytest.mark.parametrize("name", NAMES)
def test_a_published_row_says_what_it_is(name):
    cfg = composed(f"experiment=published/{name}")
    assert f"{cfg.data._target_.rpartition('.')[2].lower()}".startswith(name.split("_")[0])
    assert name.endswith(cfg.cv.name)
    assert bool(instantiate(cfg.augment).copies) == ("augmented" in name)
    assert instantiate(cfg.protocol).name == "published"
    assert cfg.model.recipe in ("published", "default")
    assert 40 < cfg.published.weighted_f1 < cfg.published.accuracy + 0.1 < 98


@pytest.mark.parametrize("name", LICENSED)
def test_a_licensed_row_runs_end_to_end_on_speech_in_the_layout_of_its_corpus(
    name, iemocap, tmp_path
):
    words = (
        f"experiment=published/{name}",
        f"data.root={iemocap}",
        f"output={tmp_path}",
        *("data.verify=false", "cv.n_splits=3", "fold=1", "trainer=cpu"),
        *("trainer.max_epochs=1", "features.duration=0.8"),
    )
    cfg = composed(*words)
    HydraConfig.instance().set_config(cfg)
    name = run_name(cfg.hydra.runtime.choices, cfg.hydra.overrides.task)
    with open_dict(cfg):
        del cfg["hydra"]
    train(cfg)
    table = from_csv(tmp_path / name / "predictions.csv")
    views = 4 if cfg.augment.copies else 1
    assert abs(len(table) - 40 * views / 3) < 1
    notes = json.loads((tmp_path / name / "metrics.json").read_text())["notes"]
    assert any("LEAKING" in note for note in notes) == (cfg.protocol.scaler == "all" or views > 1)


def test_without_the_licensed_corpus_the_error_says_how_to_request_it(tmp_path):
    cfg = composed("experiment=published/iemocap_lstm_kfold", f"data.root={tmp_path}")
    from ser.training.build import build_data

    with pytest.raises(CorpusError, match="request it"):
        build_data(cfg).setup()


def test_rows_name_the_folders_that_their_runs_have():
    row = next(r for r in rows() if r.name == "emodb_cnn1d_augmented_kfold")
    assert row.runs["published"] == Path("emodb/cnn1d/kfold/emodb_cnn1d_augmented_kfold")
    assert row.runs["honest"].name == "emodb_cnn1d_augmented_kfold,protocol=honest"

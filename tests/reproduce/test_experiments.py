"""Every published row is a configuration that runs from the audio to its figures."""

import json

import pytest
from hydra import compose, initialize_config_dir
from hydra.core.hydra_config import HydraConfig
from hydra.utils import instantiate
from iemocap_layout import write_iemocap
from omegaconf import open_dict

from reproduce import leak, published, readings, recipes, regimes
from reproduce.jobs import CONFIG, Job
from reproduce.published import rows
from reproduce.train import main
from reproduce.train import train as train_jobs
from ser.errors import CorpusError
from ser.models.classifier import RECIPES
from ser.runs.checked import done_cells
from ser.runs.configuration import config_folder
from ser.runs.names import run_name
from ser.runs.predictions import from_csv
from ser.training.build import build_data
from ser.training.job import train

ONCE = [row for row in rows() if row.cv == "kfold"]  # each experiment once
NAMES = [row.experiment for row in ONCE]
TRAINED = ("iemocap_cnn1d_augmented", "iemocap_lstm", "iemocap_resnet")  # copies, frames, maps
JOBS = {
    job.run: job
    for table in (published, leak, recipes, readings, regimes)
    for job in table.jobs()
    if job.cv != "stratified" or not job.experiment.startswith(("emodb", "iemocap"))
}


def composed(*words):
    with initialize_config_dir(config_folder(), version_base="1.3"):
        place = f"hydra.searchpath=['file://{CONFIG}']"
        return compose("train", [place, *words], return_hydra_config=True)


@pytest.fixture(scope="session")
def iemocap(tmp_path_factory):
    """Two sessions in the layout of the release, with noise for speech."""
    return write_iemocap(tmp_path_factory.mktemp("iemocap"), sessions=(1, 2))


def test_there_is_a_configuration_for_every_published_row_and_for_no_other():
    files = {path.stem for path in (CONFIG / "experiment").glob("*.yaml")}
    assert files == {"recipes", *NAMES}
    assert len(rows()) == 28
    assert {row.cv for row in rows()} == {"kfold", "stratified"}


@pytest.mark.parametrize("row", ONCE, ids=NAMES)
def test_an_experiment_alone_says_what_its_rows_are(row):
    cfg = composed(f"experiment={row.experiment}")
    choices = cfg.hydra.runtime.choices
    assert (choices.data, choices.model) == (row.corpus, row.model)
    assert bool(instantiate(cfg.augment).copies) == row.augmented
    assert instantiate(cfg.protocol).name == "published"
    assert cfg.model.recipe in RECIPES


@pytest.mark.parametrize("job", JOBS.values(), ids=[run.as_posix() for run in JOBS])
def test_a_run_lies_where_its_table_looks_for_it(job):
    cfg = composed(*job.words)
    assert run_name(cfg.hydra.runtime.choices, cfg.hydra.overrides.task, cfg.name) == job.run


def test_published_figures_are_shares_of_the_test_rows():
    assert all(40 < row.weighted_f1 < row.accuracy + 0.1 < 98 for row in rows())


@pytest.mark.parametrize("name", TRAINED)
def test_a_licensed_row_runs_end_to_end_on_speech_in_the_layout_of_its_corpus(
    name, iemocap, tmp_path
):
    words = (
        *(f"experiment={name}", "cv=kfold", f"data.root={iemocap}", f"output={tmp_path}"),
        *("data.verify=false", "cv.n_splits=3", "fold=1", "trainer=cpu"),
        *("trainer.max_epochs=1", "features.duration=0.8"),
    )
    cfg = composed(*words)
    HydraConfig.instance().set_config(cfg)
    run = tmp_path / run_name(cfg.hydra.runtime.choices, cfg.hydra.overrides.task)
    with open_dict(cfg):
        del cfg["hydra"]
    train(cfg)
    table = from_csv(run / "predictions.csv")
    views = 4 if cfg.augment.copies else 1
    assert abs(len(table) - 40 * views / 3) < 1
    notes = json.loads((run / "metrics.json").read_text())["notes"]
    assert any("LEAKING" in note for note in notes) == (cfg.protocol.scaler == "all" or views > 1)


def test_without_the_licensed_corpus_the_error_says_how_to_request_it(tmp_path):
    cfg = composed("experiment=iemocap_lstm", f"data.root={tmp_path}")
    with pytest.raises(CorpusError, match="request it"):
        build_data(cfg).setup()


def test_a_run_that_fails_stops_no_other(emodb, tmp_path):
    wrong = Job("emodb", "unheard_of", "kfold")
    right = Job("emodb", "cnn1d", "kfold", changed=("trainer.max_epochs=1", "cv.n_splits=3"))
    words = (f"data.root={emodb.root}", "data.verify=false", "fold=0", "trainer=cpu")
    assert train_jobs([wrong, right], [f"output={tmp_path}", *words]) == [wrong]
    assert len(done_cells(tmp_path / right.run)) == 1


def test_the_table_is_printed_at_the_end_also_if_runs_failed(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr("reproduce.train.train", lambda jobs, words: jobs[:1])
    with pytest.raises(SystemExit, match="1 of 4 runs failed") as failure:
        main(["published", "--only", "emodb_cnn2d", "--output", str(tmp_path)])
    assert str(failure.value).splitlines()[1:] == [
        "  experiment=emodb_cnn2d data=emodb model=cnn2d cv=kfold"
    ]
    assert "| `emodb_cnn2d cv=stratified` |" in capsys.readouterr().out


def test_rows_of_the_licensed_corpus_are_trained_when_they_are_asked_for(monkeypatch, tmp_path):
    trained = []
    monkeypatch.setattr("reproduce.train.train", lambda jobs, words: trained.append(jobs))
    main(["published", "--output", str(tmp_path)])
    main(["published", "--output", str(tmp_path), "--only", "iemocap_lstm"])
    assert [len(jobs) for jobs in trained] == [20, 4]
    assert {job.corpus for job in trained[0]} == {"emodb"}

"""Loggers: the CSV always, and beside it one closed run a fold."""

import os
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType, SimpleNamespace

import pytest

from ser.errors import ConfigError
from ser.runs.loggers import spell_loggers
from ser.training.tracking import MLflow, Story, WandB
from ser.training.tracking.mlflow import PATIENCE

FAST = ("model=mlp", "features=statistics", "trainer.max_epochs=2", "fold=0")


class FakeRun:
    """What ``wandb.init`` gives."""

    def __init__(self, options):
        self.options, self.lines, self.summary, self.ended = options, [], {}, None

    def define_metric(self, *names, **options):
        self.metric = names

    def log(self, figures):
        self.lines.append(figures)

    def finish(self, exit_code):
        self.ended = exit_code


class FakeClient:
    """What ``mlflow.tracking.MlflowClient`` is."""

    runs: dict = {}  # noqa: RUF012 - all clients share a store

    def __init__(self, uri):
        self.uri = uri

    def get_experiment_by_name(self, name):
        return None

    def create_experiment(self, name):
        return name

    def create_run(self, experiment, run_name, tags):
        key = f"run-{len(self.runs)}"
        self.runs[key] = {"name": run_name, "uri": self.uri, "tags": tags, "state": "RUNNING"}
        self.runs[key] |= {"parameters": {}, "metrics": []}
        return SimpleNamespace(info=SimpleNamespace(run_id=key))

    def log_batch(self, run, metrics=(), params=()):
        assert len(params) <= 100
        self.runs[run]["parameters"] |= dict(params)
        self.runs[run]["metrics"] += metrics

    def set_terminated(self, run, state):
        self.runs[run]["state"] = state


def fake(monkeypatch, name, **content):
    module = ModuleType(name)
    module.__spec__ = ModuleSpec(name, None)
    vars(module).update(content)
    monkeypatch.setitem(sys.modules, name, module)


@pytest.fixture
def wandb_runs(monkeypatch):
    """Give the runs that a stand-in of ``wandb`` was asked for."""
    runs = []

    def init(**options):
        runs.append(FakeRun(options))
        return runs[-1]

    fake(monkeypatch, "wandb", init=init)
    return runs


@pytest.fixture
def mlflow_runs(monkeypatch):
    """Give the runs that a stand-in of ``mlflow`` was asked for."""
    FakeClient.runs = {}
    uri = SimpleNamespace(get=lambda: None)
    variables = SimpleNamespace(MLFLOW_TRACKING_URI=uri)
    fake(monkeypatch, "mlflow", environment_variables=variables)
    fake(monkeypatch, "mlflow.entities", Param=lambda *a: a, Metric=lambda *a: a)
    fake(monkeypatch, "mlflow.tracking", MlflowClient=FakeClient)
    return FakeClient.runs


def test_each_fold_is_a_closed_run_of_its_own_with_figures_beside_the_csv(start, wandb_runs):
    run = start(*FAST[:3], "logger=wandb", "logger.mode=offline", "refit=true", "ensemble=2")
    assert [r.options["name"][-14:] for r in wandb_runs] == [f"fold-0{i}/seed-0" for i in range(3)]
    assert {r.options["group"] for r in wandb_runs} == {run.relative_to(run.parents[3]).as_posix()}
    assert [r.ended for r in wandb_runs] == [0, 0, 0]
    first = wandb_runs[0]
    facts = {"fold": 0, "seed": 0, "cv": "kfold", "protocol": "honest", "stamp": "none"}
    assert facts.items() <= first.options["config"].items()
    assert first.options["config"]["features"] == "UtteranceStatistics"
    assert {"test/uar", "validation/uar"} <= set(first.summary)
    names = {name for line in first.lines for name in line}
    assert "member-1/choice/val/uar" in names
    curves = [*run.glob("fold-*/seed-0/parts/*/csv/metrics.csv")]
    assert len(curves) == 6


def test_several_loggers_at_once_note_the_same_fold(start, wandb_runs, mlflow_runs, monkeypatch):
    monkeypatch.setattr(FakeClient, "log_batch", lambda *_, **__: 1 / 0)  # one of them is down
    words = spell_loggers(["logger=[csv,mlflow,wandb]", "logger.wandb.mode=offline"])
    run = start(*FAST, *words)
    (noted,) = wandb_runs
    assert noted.options["mode"] == "offline"
    assert "test/uar" in noted.summary
    assert noted.ended == 0
    assert len(mlflow_runs) == 1
    assert (run / "fold-00/seed-0/csv/metrics.csv").exists()
    assert "logger" not in run.name


@pytest.mark.parametrize("word", ["logger=[]", "logger=[csv,csv]", "logger=[csv,]"])
def test_a_list_of_loggers_names_each_once(word):
    with pytest.raises(ConfigError, match="each of them once"):
        spell_loggers([word])


def test_a_leak_is_said_in_the_run(start, wandb_runs):
    start("logger=wandb", "model=svm", "protocol=published", "augment=published", "fold=0")
    (run,) = wandb_runs
    assert "leak" in run.options["tags"][0].lower()
    assert run.options["config"]["leaks"] != "no"
    assert set(run.summary) >= {"test/uar"}  # an estimator, which has no curves


def test_mlflow_has_folds_settings_and_curves_in_a_database_beside_the_runs(start, mlflow_runs):
    run = start(*FAST, "logger=mlflow")
    (found,) = mlflow_runs.values()
    assert found["state"] == "FINISHED"
    assert found["uri"] == f"sqlite:///{run.parents[3] / 'mlflow.db'}"
    assert found["name"].endswith("fold-00/seed-0")
    told = {"fold": "0", "settings.model.hidden_size": "128", "cv": "kfold"}
    assert told.items() <= found["parameters"].items()
    assert {name for name, *_ in found["metrics"]} >= {"train/loss", "test/uar"}


@pytest.mark.parametrize(("given", "tried"), [(None, "2"), ("5", "5")])
def test_a_server_of_mlflow_that_is_down_is_not_tried_for_minutes(
    mlflow_runs, monkeypatch, tmp_path, given, tried
):
    for name in PATIENCE:
        monkeypatch.setenv(name, given or "")
        if given is None:
            monkeypatch.delenv(name)
    MLflow("http://127.0.0.1:9").begin(Story(tmp_path, tmp_path, "run", "fold-00", {}, {}))
    assert os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] == tried


def test_a_training_that_fails_closes_its_run_as_failed(start, wandb_runs, monkeypatch):
    monkeypatch.setattr("ser.training.lightning.predict", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        start(*FAST, "logger=wandb")
    assert [r.ended for r in wandb_runs] == [1]


def test_a_logger_that_fails_costs_no_training(start, wandb_runs, monkeypatch, capfd):
    monkeypatch.setattr(FakeRun, "log", lambda *_: 1 / 0)
    run = start(*FAST, "logger=wandb")
    assert (run / "fold-00/seed-0/done").exists()
    assert "warning: WandB cannot note (ZeroDivisionError" in capfd.readouterr().err


def test_tensorboard_has_the_test_figures_and_the_csv_its_curve(start):
    events = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    cell = start(*FAST, "logger=tensorboard") / "fold-00/seed-0"
    assert (cell / "csv/metrics.csv").exists()
    found = events.EventAccumulator(str(cell / "tensorboard")).Reload()
    assert {"train/loss", "test/uar"} <= set(found.Tags()["scalars"])
    assert [point.step for point in found.Scalars("train/loss")] == [0, 1]
    (settings,) = found.Tensors("settings/text_summary")
    assert b"settings.model.hidden_size: 128\n" in settings.tensor_proto.string_val[0]


@pytest.mark.parametrize("tracker", [MLflow, WandB])
def test_a_package_that_is_missing_is_named_with_its_extra(tracker, monkeypatch):
    monkeypatch.setattr("ser.training.tracking.tracker.find_spec", lambda _: None)
    with pytest.raises(ConfigError, match=rf"ser-bench\[{tracker.package}\]"):
        tracker()


def test_weights_and_biases_itself_writes_a_run_offline(start, monkeypatch):
    pytest.importorskip("wandb", reason="wandb is an extra: pip install '.[wandb]'")
    monkeypatch.setenv("WANDB_SILENT", "true")
    run = start(*FAST, "logger=wandb", "logger.mode=offline")
    assert len([*run.parents[3].glob("wandb/offline-run-*/*.wandb")]) == 1


def test_mlflow_itself_keeps_a_closed_run(start):
    tracking = pytest.importorskip(
        "mlflow.tracking", reason="mlflow is an extra: pip install '.[mlflow]'"
    )
    run = start(*FAST, "logger=mlflow")
    client = tracking.MlflowClient(f"sqlite:///{run.parents[3] / 'mlflow.db'}")
    (found,) = client.search_runs([client.get_experiment_by_name("ser").experiment_id])
    assert found.info.status == "FINISHED"
    assert found.data.params["fold"] == "0"
    assert found.data.metrics["test/uar"] >= 0

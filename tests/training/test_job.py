"""The main job, end to end, on a corpus of a few seconds."""

import errno
import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from hydra import compose, initialize_config_dir
from rich.console import Console
from sklearn.metrics import recall_score

import ser
from ser.data.corpus_folds import CorpusFolds
from ser.errors import ConfigError, DamageError, FoldError, RunError, StorageError
from ser.evaluation.findings import findings_of
from ser.evaluation.stamps import declared
from ser.features.collected import Features
from ser.features.facts import FACTS
from ser.inference.loading import load
from ser.models import EmotionClassifier
from ser.report import compare_runs
from ser.runs.checked import damaged_cells, read_predictions
from ser.runs.configuration import config_folder
from ser.runs.predictions import TEXT, from_csv
from ser.runs.reading import find_runs
from ser.runs.sides import read_sides
from ser.training import finishing
from ser.training.lightning import LightningLearner
from ser.training.settings import BESIDE


def test_every_utterance_is_predicted_once_and_figures_follow_from_the_predictions(start, emodb):
    run = start()
    table = from_csv(run / "predictions.csv")
    assert sorted(table["id"]) == [u.id for u in emodb.utterances()]
    shares = table[[f"p_{label}" for label in emodb.labels]]
    assert shares.sum(axis=1).to_numpy() == pytest.approx(1, abs=1e-4)
    metrics = json.loads((run / "metrics.json").read_text())
    expected = recall_score(table["truth"], table["prediction"], average="macro")
    assert metrics["pooled"]["uar"] == pytest.approx(expected, abs=1e-12)
    assert metrics["notes"] == [
        "cv=kfold: speakers are on both sides of a fold; protocol=honest.",
        "In every fold, all 3 test speakers are also in training.",
        "In every fold, all 2 test sentences are also in training.",
        "Networks were trained on the whole training side, for epochs that were fixed beforehand.",
        "Not every emotion is tested in folds 0, 2: "
        "their UAR is the mean recall of those that are.",
    ]
    folder = run / "fold-00" / "seed-0"
    files = ("model.ckpt", "folds.json", "environment.json", "predictions.csv", "done")
    assert all((folder / name).is_file() for name in files)
    assert (run / "confusion.png").read_bytes().startswith(b"\x89PNG")
    assert "learning_rate" in (run / "config.yaml").read_text()


def test_a_second_start_decodes_nothing_and_predicts_the_same(start, monkeypatch):
    first = start(output="a")
    decoder = "ser.features.extraction.load_utterance"
    monkeypatch.setattr(decoder, lambda *_: pytest.fail("decoded audio"))
    second = start(output="b")
    assert (first / "predictions.csv").read_text() == (second / "predictions.csv").read_text()


def test_what_is_noted_of_a_machine_is_asked_for_before_the_training(start, monkeypatch):
    def fail():
        raise RuntimeError("no machine")

    monkeypatch.setattr("ser.training.work.environment", fail)
    monkeypatch.setattr(LightningLearner, "fit", lambda *_: pytest.fail("trained"))
    with pytest.raises(RuntimeError, match="no machine"):
        start("fold=0")


def test_finished_folds_are_not_trained_again(start, monkeypatch):
    run = start()
    monkeypatch.setattr(LightningLearner, "fit", lambda *_: pytest.fail("trained again"))
    shutil.rmtree(run / "csv", ignore_errors=True)
    assert start() == run


def test_a_start_names_what_was_edited_and_trains_it_again_to_the_same_bytes(start, capsys):
    run = start()
    tables = {path: path.read_bytes() for path in run.rglob("*.csv") if "csv/" not in str(path)}
    first, second, third = (run / f"fold-0{fold}" / "seed-0" for fold in range(3))
    rows = (first / "predictions.csv").read_text().splitlines()
    (first / "predictions.csv").write_text("\n".join(rows[:-1]) + "\n")
    (second / "done").write_bytes(b"")
    (third / "model.ckpt").write_bytes(b"other weights")
    capsys.readouterr()
    start()
    said = capsys.readouterr().err
    assert "DAMAGED fold-00/seed-0/predictions.csv was changed since the training wrote it" in said
    assert "DAMAGED fold-01/seed-0/done is empty" in said
    assert "model.ckpt was changed since the training wrote it" in said
    assert {path: path.read_bytes() for path in tables} == tables
    assert damaged_cells(run) == []
    assert torch.load(third / "model.ckpt", weights_only=True)["ser"]["labels"]


def test_a_start_of_one_fold_names_the_damage_of_another_and_does_not_score_it(start, capsys):
    run = start()
    path = run / "fold-00" / "seed-0" / "predictions.csv"
    path.write_bytes(path.read_bytes()[:-40])
    capsys.readouterr()
    start("fold=1")
    named = "LEFT OUT: fold-00/seed-0/predictions.csv was changed since the training wrote it"
    assert any(
        note.startswith(named) for note in json.loads((run / "metrics.json").read_text())["notes"]
    )
    assert set(read_predictions(run)["fold"]) == {1, 2}


def test_a_model_that_was_changed_is_not_loaded(start):
    path = start("fold=0") / "fold-00" / "seed-0" / "model.ckpt"
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(DamageError, match="was changed since the training wrote it; start ser"):
        load(path)


def test_a_full_disk_ends_in_one_sentence_and_the_next_start_goes_on(start, monkeypatch):
    def refuse(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("ser.runs.files.os.fsync", refuse)
        with pytest.raises(StorageError, match=r"No space left on device\): free some space"):
            start("fold=0")
    run = start("fold=0")
    assert [path.name for path in run.rglob("*.draft")] == []
    assert set(read_predictions(run)["fold"]) == {0}


def test_a_run_from_before_a_setting_came_that_is_null_is_still_finished(start, monkeypatch):
    run = start("fold=0")
    identity = json.loads((run / "identity.json").read_text())
    del identity["cv.inner"]
    (run / "identity.json").write_text(json.dumps(identity))
    digest = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:16]
    (run / "fold-00" / "seed-0" / "done").write_text(json.dumps({"config": digest}))
    monkeypatch.setattr(LightningLearner, "fit", lambda *_: pytest.fail("trained again"))
    assert start("fold=0") == run


@pytest.mark.parametrize("record", ["auto", "false"])
def test_an_interrupted_fold_continues_to_the_same_predictions(start, monkeypatch, record):
    words = ("fold=1", "data.batch_size=4", "snapshots=0", f"trainer.record={record}")
    whole = start(*words, output="whole")
    loss, taken = EmotionClassifier.training_loss, []

    def fail_amid_the_second_epoch(self, batch):
        taken.append(self.trainer.current_epoch)
        if taken.count(1) > 1:
            raise RuntimeError("power cut")
        return loss(self, batch)

    with monkeypatch.context() as patch:
        patch.setattr(EmotionClassifier, "training_loss", fail_amid_the_second_epoch)
        with pytest.raises(RuntimeError, match="power cut"):
            start(*words, output="cut")
    cut = start(*words, output="cut")
    assert (whole / "predictions.csv").read_text() == (cut / "predictions.csv").read_text()
    facts = json.loads((cut / "fold-01" / "seed-0" / "environment.json").read_text())
    assert facts["continued"] is True


def test_folds_of_two_configurations_are_not_mixed(start):
    start("fold=0")
    with pytest.raises(RunError, match=r"model\.learning_rate: 0\.0003 there, 0\.5 now"):
        start("fold=1", change={"learning_rate": 0.5})


def test_a_changed_setting_has_a_folder_of_its_own(start):
    assert start("fold=0", "model.learning_rate=0.01") != start("fold=0")


def test_a_single_fold_reports_that_fold_alone(start):
    run = start("fold=2")
    assert set(read_predictions(run)["fold"]) == {2}
    states = [cell.state for cell in find_runs([run])[0].cells]
    assert states == ["not asked for", "not asked for", "done"]
    assert "#" not in (run / "config.yaml").read_text()


def test_another_seed_gives_other_predictions_beside_the_first(start):
    run = start("fold=0", "seed=0")
    assert start("fold=0", "seed=1") == run
    table = read_predictions(run).pivot_table(index="id", columns="seed", values="p_anger")
    assert (table[0] != table[1]).any()


def test_the_published_protocol_is_stamped_as_leaking(start):
    run = start("protocol=published", "augment=published", "fold=0")
    metrics = json.loads((run / "metrics.json").read_text())
    assert "LEAKING" in metrics["notes"][1]
    for table in (run / "predictions.csv", run / "fold-00/seed-0/predictions.csv"):
        assert set(from_csv(table)["protocol"]) == {"published (LEAKS)"}
    for name in ("folds.json", "environment.json"):
        said = json.loads((run / "fold-00/seed-0" / name).read_text())
        assert said["protocol"] == "published (LEAKS)"
    (alarm,) = ser.load(run / "fold-00/seed-0/model.ckpt").alarms
    assert alarm.startswith("LEAKING PROTOCOL")
    assert "copies of test utterances are in training" in alarm
    assert (run / "config.yaml").read_text().startswith("# LEAKING PROTOCOL")
    (found,) = find_runs([run])
    stamp = findings_of(found).stamp
    assert [stamp.regime, *declared(found).alarms] == metrics["notes"][:2]
    assert stamp.alarms[0].startswith(metrics["notes"][1].rstrip("."))
    console = Console(width=120, record=True)
    console.print(compare_runs({"a": run}))
    assert console.export_text().count("LEAK") == 2  # beside its name, and why below
    assert len(set(from_csv(run / "predictions.csv")["view"])) == 4
    lines = list(read_sides(run / "fold-00" / "seed-0"))
    ids = {end: {line[0] for side, line in lines if side == end} for end in ("train", "test")}
    assert ids["train"] & ids["test"]


@pytest.mark.parametrize("model", ["model=cnn1d", "model=svm"])
def test_shuffled_labels_are_stamped_on_every_file(start, model):
    run = start("shuffle_labels=true", "fold=0", "trainer.max_epochs=1", "refit=null", model)
    cell = run / "fold-00" / "seed-0"
    for table in ("predictions.csv", "validation.csv"):
        assert set(from_csv(cell / table)["protocol"]) == {"honest, SHUFFLED LABELS"}
    for name in ("folds.json", "environment.json"):
        said = json.loads((cell / name).read_text())
        assert said["protocol"] == "honest, SHUFFLED LABELS"
    assert "SHUFFLED LABELS" in ser.load(cell / "model.ckpt").alarms[0]


def test_files_of_an_honest_run_carry_no_stamp_and_its_model_says_where_it_is_from(start, emodb):
    run = start("fold=1", "trainer.max_epochs=1")
    cell = run / "fold-01" / "seed-0"
    shares = [f"p_{label}" for label in emodb.labels]
    table = from_csv(cell / "predictions.csv")
    assert [*table.columns] == [*TEXT[:3], "fold", "seed", *TEXT[3:], *shares]
    for name in ("folds.json", "environment.json"):
        assert "protocol" not in json.loads((cell / name).read_text())
    predictor = ser.load(cell / "model.ckpt")
    assert predictor.alarms == ()
    origin = predictor.origin
    assert (origin.corpus, origin.regime, origin.fold) == ("EmoDB", "kfold", 1)
    assert set(origin.heard) == set(FACTS)


def test_the_command_at_the_end_works_when_it_is_pasted(start, emodb, tmp_path, capsys):
    run = start("fold=0", "trainer.max_epochs=1")
    moved = run.rename(tmp_path / "it's a=b, [é] {x} $HOME :smile: !")
    capsys.readouterr()
    finishing._point_to(moved)
    command = capsys.readouterr().out.splitlines()[-1].strip()
    pasted = command.replace("python", sys.executable, 1).replace(
        "FILE.wav", str(emodb.utterances()[0].path)
    )
    found = subprocess.run(pasted, shell=True, capture_output=True, text=True, check=True)
    assert found.stdout.split()[0] in emodb.labels


def test_a_fold_that_does_not_exist_is_refused_before_anything_is_written(start, tmp_path):
    with pytest.raises(FoldError, match="fold=3 does not exist: cv=kfold gives 3 folds"):
        start("fold=3")
    assert not (tmp_path / "runs").exists()


def test_a_fold_that_is_no_number_is_refused(start):
    with pytest.raises(ConfigError, match="fold=some must be all, or the number of a fold"):
        start("fold=some")


def test_an_output_that_takes_nothing_is_refused_before_data_are_read(start, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setattr(CorpusFolds, "listed", property(lambda folds: pytest.fail("read")))
    with pytest.raises(StorageError, match="a file lies where a folder belongs"):
        start(output="file/runs")


def test_folds_that_cannot_be_split_leave_no_folder(start, tmp_path):
    with pytest.raises(FoldError, match="cannot split"):
        start("cv.n_splits=300")
    assert not (tmp_path / "runs").exists()


def test_one_fold_a_job_needs_a_sweep(start):
    with pytest.raises(ConfigError, match="pass -m, or fold=all"):
        start("fold=each")


def test_several_devices_in_a_sweep_are_refused_with_the_way_out(start, tmp_path):
    with pytest.raises(ConfigError, match="would start the whole sweep again"):
        start("trainer=ddp", "trainer.devices=2", "fold=0", "hydra.mode=MULTIRUN")
    assert not list(tmp_path.rglob("done"))


def test_all_folds_on_several_devices_are_refused_with_the_way_out(start):
    with pytest.raises(ConfigError, match="pass one fold after the other, as fold=0"):
        start("trainer=ddp")


def test_fast_dev_run_keeps_nothing(start, tmp_path):
    start("trainer.fast_dev_run=true", "fold=0")
    assert not [*(tmp_path / "runs").rglob("*.ckpt")]


def test_a_compiled_network_sees_equal_shapes_and_predicts_as_it_does_uncompiled(
    start, monkeypatch
):
    """In deterministic mode too, which is another option of ``trainer=cuda``."""
    frames, gather, backend = set(), Features.batch, torch.compile

    def batch(self, *arguments):
        found = gather(self, *arguments)
        frames.add(found[0].shape[2])
        return found

    words = ("fold=0", "model=lstm", "features=logmel", "trainer.precision=32-true")
    plain = start(*words, output="plain")
    monkeypatch.setattr(Features, "batch", batch)
    # A backend that needs no C++ compiler.
    monkeypatch.setattr(torch, "compile", lambda call, mode: backend(call, backend="eager"))
    options = ("trainer.compile=reduce-overhead", "trainer.deterministic=true")
    compiled = start(*words, *options, output="compiled")
    torch.use_deterministic_algorithms(False)
    assert len(frames) == 1
    columns = [c for c in read_predictions(plain) if c.startswith("p_")]
    first, second = (read_predictions(run)[columns].to_numpy() for run in (plain, compiled))
    assert first == pytest.approx(second, abs=1e-4)


@pytest.mark.parametrize(
    ("logger", "pattern"), [("csv", "csv/metrics.csv"), ("tensorboard", "tensorboard/events*")]
)
def test_the_logger_is_a_choice(start, logger, pattern):
    run = start("fold=0", f"logger={logger}")
    assert [*(run / "fold-00" / "seed-0").glob(pattern)]


def test_the_command_line_names_the_models_there_are():
    found = _run("model=nonsense")
    assert found.returncode != 0
    assert "nonsense" in found.stderr
    assert "cnn1d" in found.stderr


def test_a_mistake_on_the_command_line_ends_in_one_sentence(tmp_path):
    found = _run(f"data.root={tmp_path}", f"output={tmp_path / 'runs'}")
    assert found.returncode == 1
    assert found.stderr.startswith(
        f"error: no emodb in {tmp_path}, which is empty: looked for wav/*.wav"
    )
    assert "Traceback" not in found.stderr


def test_a_wrong_setting_of_a_regime_is_refused(start):
    with pytest.raises(ConfigError, match=r"^cv\.n_splits=1 must be 2 or more"):
        start("cv.n_splits=1")


def test_help_shows_the_choices():
    found = _run("--help")
    assert "python -m ser.train model=cnn1d data=emodb cv=stratified" in found.stdout
    for choice in (r"data +aesdd, ased, audformat, ", "protocol +grouped, honest, published"):
        assert re.search(choice, found.stdout)


def _run(*words):
    return subprocess.run(
        [sys.executable, "-m", "ser.train", *words], capture_output=True, text=True, check=False
    )


GROUPS = ("data", "features", "model", "cv", "protocol", "augment", "trainer", "logger")
FILES = sorted(p for group in GROUPS for p in Path(config_folder(), group).glob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_every_choice_composes_and_its_target_takes_its_keys(path):
    import inspect

    from hydra.utils import get_object

    group = path.parent.name
    with initialize_config_dir(config_folder(), version_base="1.3"):
        cfg = compose("train", [f"{group}={path.stem}"])
    node = cfg[group]
    parameters = inspect.signature(get_object(node._target_)).parameters
    open_ended = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    ours = {"_target_", *BESIDE}
    assert open_ended or set(node) - ours <= set(parameters)

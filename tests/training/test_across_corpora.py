"""Trainings across corpora: what is tested, what the run knows, and what is refused."""

import json
import re
import shutil
import sys

import numpy as np
import pandas as pd
import pytest
import soundfile
from hydra import compose, initialize_config_dir
from hydra.core.hydra_config import HydraConfig
from omegaconf import open_dict

from ser.errors import LeakageError, RunError
from ser.evaluation.stamps import declared
from ser.inference.loading import load
from ser.runs.configuration import config_folder
from ser.runs.corpora import spell_corpora
from ser.runs.predictions import from_csv
from ser.runs.reading import find_runs
from ser.train import main
from ser.training.job import train

RATE = 16000
EMOTIONS = {"north": ("anger", "joy", "fear"), "south": ("anger", "joy", "boredom")}


def write(root, name, seed):
    """Write a corpus: two takes of each emotion, a tone of its own, by each of three speakers."""
    root.mkdir()
    draw = np.random.default_rng(seed)
    rows = ["path,emotion,speaker"]
    for speaker in "abc":
        for place, emotion in enumerate(EMOTIONS[name]):
            for take in "12":
                tone = np.sin(2 * np.pi * 300 * (place + 1) * np.arange(RATE // 2) / RATE)
                file = f"{speaker}-{emotion}-{take}.wav"
                noise = 0.02 * draw.standard_normal(len(tone))
                soundfile.write(root / file, 0.2 * tone + noise, RATE)
                rows.append(f"{file},{emotion},{speaker}")
    (root / f"{name}.csv").write_text("\n".join(rows))
    return root / f"{name}.csv"


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpora")
    return {name: write(folder / name, name, seed) for seed, name in enumerate(EMOTIONS)}


def start(output, *words):
    """Start a job as the command line does; gives its run folder."""
    spelt = spell_corpora(["model=linear", "trainer=cpu", f"output={output}", *words])
    with initialize_config_dir(config_folder(), version_base="1.3"):
        cfg = compose("train", spelt, return_hydra_config=True)
    HydraConfig.instance().set_config(cfg)
    with open_dict(cfg):
        del cfg["hydra"]
    train(cfg)
    (identity,) = output.glob("*/*/*/**/identity.json")
    return identity.parent


@pytest.fixture(scope="module")
def crossed(tables, tmp_path_factory):
    """Train on one corpus and test on the other."""
    output = tmp_path_factory.mktemp("crossed")
    return start(output, f"data={tables['north']}", f"test_data={tables['south']}")


def test_the_other_corpus_is_tested_as_a_whole(crossed):
    assert crossed.parts[-3:] == ("north-to-south", "linear", "corpus")
    predictions = from_csv(crossed / "predictions.csv")
    assert len(predictions) == 12
    assert set(predictions["speaker"]) == {"south/a", "south/b", "south/c"}
    assert {name for name in predictions.columns if name.startswith("p_")} == {"p_anger", "p_joy"}


def test_the_run_knows_what_both_corpora_hold(crossed):
    listed = pd.read_csv(crossed / "corpus.csv", index_col="id")
    assert listed.groupby("corpus").size().to_dict() == {"north": 12, "south": 12}
    assert listed["sha256"].is_unique
    identity = json.loads((crossed / "identity.json").read_text())
    assert identity["data.test"] == "south"
    assert not [key for key in identity if key.endswith((".file", ".root"))]


def test_reports_say_what_was_left_out_of_each(crossed):
    notes = json.loads((crossed / "metrics.json").read_text())["notes"]
    assert notes[0] == "cv=corpus: no speaker is on both sides of a fold; protocol=honest."
    assert "Left out: of north fear (6); of south boredom (6)." in notes
    assert "Trained on north, tested on south." in notes


def test_a_model_file_says_which_corpora_it_is_from(crossed):
    origin = load(crossed / "fold-00/seed-0/model.ckpt").origin
    assert (origin.corpus, origin.regime) == ("north-to-south", "corpus")


def test_a_file_that_changed_in_either_corpus_makes_another_run(tables, tmp_path):
    for name, table in tables.items():
        shutil.copytree(table.parent, tmp_path / name)
    words = [f"data={tmp_path}/north/north.csv", f"test_data={tmp_path}/south/south.csv"]
    run = start(tmp_path / "runs", *words)
    before = (run / "predictions.csv").read_bytes()
    shutil.copy(tmp_path / "south/a-joy-1.wav", tmp_path / "south/a-boredom-1.wav")
    start(tmp_path / "runs", *words)  # of what is left out
    assert (run / "predictions.csv").read_bytes() == before
    noise = np.random.default_rng(9).normal(0, 0.1, RATE)
    soundfile.write(tmp_path / "north/a-joy-1.wav", noise, RATE)
    with pytest.raises(RunError, match=r"north/a-joy-1\.wav"):
        start(tmp_path / "runs", *words)


def test_the_same_recording_in_both_corpora_is_refused_by_its_names(tables, tmp_path):
    for name, table in tables.items():
        shutil.copytree(table.parent, tmp_path / name)
    shutil.copy(tmp_path / "north/a-joy-1.wav", tmp_path / "south/b-joy-2.wav")
    with pytest.raises(LeakageError, match=r"north/a-joy-1.wav = south/b-joy-2.wav"):
        start(
            tmp_path / "runs",
            *(f"data={tmp_path}/north/north.csv", f"test_data={tmp_path}/south/south.csv"),
            "fold=0",
        )


def test_each_of_joined_corpora_is_tested_once(tables, tmp_path):
    run = start(tmp_path, f"data=[{tables['north']},{tables['south']}]", "cv=corpus")
    assert run.parts[-3:] == ("north-and-south", "linear", "corpus")
    predictions = from_csv(run / "predictions.csv")
    tested = predictions.groupby("fold")["id"].agg(lambda ids: {i.split("/")[0] for i in ids})
    assert tested.to_dict() == {0: {"north"}, 1: {"south"}}


def test_speakers_of_one_name_in_two_corpora_are_two(tables, tmp_path):
    words = ("cv=speaker", "fold=0")
    run = start(tmp_path, f"data=[{tables['north']},{tables['south']}]", *words)
    facts = json.loads((run / "fold-00/seed-0/environment.json").read_text())
    assert facts["folds"] == 6
    assert set(from_csv(run / "predictions.csv")["speaker"]) == {"north/a"}


@pytest.fixture(scope="module")
def by_corpus(tables, tmp_path_factory):
    """Train with the features of each corpus scaled by its own audio."""
    output = tmp_path_factory.mktemp("scaled")
    words = (f"data={tables['north']}", f"test_data={tables['south']}", "normalise=corpus")
    return start(output, *words)


def test_features_that_are_scaled_by_corpus_are_stamped(by_corpus):
    assert by_corpus.name.startswith("normalise-corpus")
    (run,) = find_runs([by_corpus])
    assert declared(run).short == "honest, TRANSDUCTIVE"
    assert "all audio of that corpus" in declared(run).alarms[0]
    for file in ("config.yaml", "metrics.json"):
        assert "TRANSDUCTIVE" in (by_corpus / file).read_text()


def test_a_model_that_is_scaled_by_corpus_judges_no_single_file(by_corpus, tables):
    predictor = load(by_corpus / "fold-00/seed-0/model.ckpt")
    noise = np.random.default_rng(0).normal(0, 0.1, RATE)
    with pytest.raises(RunError, match="normalise=corpus and judges recordings by all audio of"):
        predictor(noise, RATE)
    paths = sorted(tables["south"].parent.glob("?-[aj]*.wav"))
    answers = predictor.of_speaker([soundfile.read(path) for path in paths])
    predictions = from_csv(by_corpus / "predictions.csv").set_index("id")
    for path, answer in zip(paths, answers, strict=True):
        row = predictions.loc[f"south/{path.name}"]
        assert answer.probabilities["joy"] == pytest.approx(row["p_joy"], abs=1e-4)


def test_a_corpus_alone_is_scaled_and_stamped_too(tables, tmp_path):
    run = start(tmp_path, f"data={tables['north']}", "cv=speaker", "normalise=corpus", "fold=0")
    (found,) = find_runs([run])
    assert declared(found).short == "honest, TRANSDUCTIVE"


def test_a_matrix_is_one_table(tables, tmp_path, monkeypatch, capsys):
    words = (
        *("-m", "+sweep=matrix", f"data={tables['north']},{tables['south']}", "test_data=each"),
        *("model=linear", "trainer=cpu", f"output={tmp_path}", "fold=0", "cv=speaker"),
    )
    monkeypatch.setattr(sys, "argv", ["ser.train", *words])
    main()
    names = sorted(
        path.parent.relative_to(tmp_path).parts[0] for path in tmp_path.glob("*/*/*/identity.json")
    )
    assert names == ["north", "north-to-south", "south", "south-to-north"]
    table = capsys.readouterr().out.partition("Across corpora, UAR (%): linear")[2]
    rows = {line.split()[0]: line for line in table.splitlines() if line.strip()}
    assert rows["trained"].split() == ["trained", "on", "north", "south"]
    classes = {name: re.findall(r"[\d.]+ of (\S+)", rows[name]) for name in EMOTIONS}
    # Three emotions within a corpus, in one of three folds, and two that both have.
    assert classes == {"north": ["3*", "2"], "south": ["2", "3*"]}
    assert "'data.classes=[anger,joy]'" in table

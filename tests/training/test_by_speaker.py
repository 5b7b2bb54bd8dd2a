"""``normalise=speaker``: features scaled by each speaker's own audio, and said so everywhere."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import soundfile
import torch
from rich.console import Console

import ser
from ser.augment import Augmentation
from ser.corpora.emodb import EmoDB
from ser.data import CorpusDataModule
from ser.errors import AudioError, ConfigError, RunError
from ser.evaluation.findings import findings_of
from ser.evaluation.groups import comparable
from ser.features import LogMel, UtteranceStatistics
from ser.folds.protocol import Protocol, stamp
from ser.inference.job import main as predict
from ser.inference.predictor import Predictor
from ser.inference.wishes import Wishes
from ser.models import CNN2D
from ser.report import compare_runs
from ser.runs.predictions import from_csv
from ser.runs.reading import find_runs

BY_SPEAKER = Protocol(scaler="speaker")


def module(corpus, front_end=None, **options):
    front_end = front_end or UtteranceStatistics.emodb()
    options = {"cv": "speaker", "fold": 0, "protocol": BY_SPEAKER, "verify": False} | options
    return CorpusDataModule(corpus, front_end, **options)


class Silent(EmoDB):
    """A corpus that does not say who speaks."""

    def utterances(self):
        """List utterances without their speakers."""
        return [replace(u, speaker="unknown") for u in super().utterances()]


class Hermit(EmoDB):
    """A corpus with one utterance of a speaker alone."""

    def utterances(self):
        """List all utterances of some, and one of another."""
        found = super().utterances()
        return [u for u in found if u.speaker != "03"] + found[:1]


@pytest.mark.parametrize("front_end", [UtteranceStatistics.emodb(), LogMel(n_mels=8)], ids=type)
def test_every_channel_of_every_speaker_has_mean_zero_and_deviation_one(emodb, front_end):
    data = module(emodb, front_end)
    data.setup()
    features, rows = data.fold_data.prepared.features, data.fold_data.prepared.rows
    for speaker in {row.speaker for row in rows}:
        chosen = torch.tensor([i for i, row in enumerate(rows) if row.speaker == speaker])
        mean, std = features.moments(chosen)
        assert mean.abs().max() < 1e-4
        assert ((std - 1).abs() < 1e-3).logical_or(std == 0).all()
    assert not data.feature_mean.any()
    assert (data.feature_std == 1).all()


def test_labels_and_folds_have_no_part_in_it(emodb):
    plain, shuffled = module(emodb), module(emodb, shuffle_labels=True, fold=2)
    for data in (plain, shuffled):
        data.setup()
    assert torch.equal(*(d.fold_data.prepared.features.values for d in (plain, shuffled)))


def test_copies_of_an_utterance_are_scaled_as_another_voice(emodb):
    data = module(emodb, augment=Augmentation(copies=("noise",)))
    data.setup()
    prepared = data.fold_data.prepared
    rows = [i for i, row in enumerate(prepared.rows) if row.key[1] == "noise"][:14]
    mean, _ = prepared.features.moments(torch.tensor(rows))
    assert mean.abs().max() < 1e-4


@pytest.mark.parametrize(
    ("corpus", "options", "message"),
    [
        (Silent, {"cv": "holdout"}, "emodb does not say who speaks: its speakers are 'unknown'"),
        (Hermit, {}, "has only one of 03"),
    ],
)
def test_corpora_that_cannot_be_scaled_so_are_refused(emodb, corpus, options, message):
    with pytest.raises(ConfigError, match=message):
        module(corpus(emodb.root), **options).setup()


@pytest.fixture
def folder(emodb, tmp_path):
    """Make a folder of the files of one speaker by emotion, and of one that a system left there."""

    def folder(speaker):
        place = tmp_path / speaker
        place.mkdir(exist_ok=True)
        for path in emodb.root.glob(f"wav/{speaker}*.wav"):
            (place / path.stem[5]).mkdir(exist_ok=True)
            (place / path.stem[5] / path.name).write_bytes(path.read_bytes())
        (place / ".DS_Store").write_bytes(b"\0")
        return place

    return folder


def test_a_run_says_so_on_every_artefact_and_predicts_speakers_as_it_tested_them(
    start, folder, capsys, tmp_path
):
    run = start("model=svm", "cv=speaker_kfold", "fold=0", "normalise=speaker")
    cell = run / "fold-00" / "seed-0"
    for table in ("predictions.csv", "validation.csv"):
        assert set(from_csv(cell / table)["protocol"]) == {"honest, TRANSDUCTIVE"}
    assert "TRANSDUCTIVE" in json.loads((run / "metrics.json").read_text())["notes"][1]
    assert (run / "config.yaml").read_text().startswith("# TRANSDUCTIVE")
    assert "input=FOLDER speaker=one" in capsys.readouterr().out
    console = Console(width=120, record=True)
    console.print(compare_runs({"a": run}))
    assert console.export_text().count("TRANSDUCTIVE") == 2
    predictor = ser.load(cell / "model.ckpt")
    assert predictor.alarms[0].startswith("TRANSDUCTIVE")
    with pytest.raises(RunError, match="pass input=FOLDER speaker=one"):
        predictor(*soundfile.read(next(folder("03").rglob("*.wav"))))
    tested = from_csv(cell / "predictions.csv")
    wishes = Wishes(speaker="one", output=tmp_path / "answers.csv")
    predict(str(cell / "model.ckpt"), str(folder(tested["speaker"][0])), wishes=wishes)
    said = capsys.readouterr().out
    assert len(tested) == 14
    assert "14 files in 7 folders are taken for all of one speaker.\n" in said
    assert sorted(pd.read_csv(wishes.output)["emotion"]) == sorted(tested["prediction"])
    for name, emotion in zip(tested["id"], tested["prediction"], strict=True):
        assert f"{name}.wav: {emotion}\n" in said


def test_runs_that_know_the_tested_audio_are_compared_among_themselves(start):
    words = ("model=svm", "cv=speaker_kfold")
    runs = [start(*words), start(*words, "normalise=speaker")]
    found = [findings_of(run) for run in find_runs(runs)]
    assert comparable(found) == []
    assert sorted(f.stamp.warning for f in found) == ["", "transductive"]


def test_a_network_over_frames_hears_a_speaker_as_it_was_tested(emodb):
    data = module(emodb, LogMel(n_mels=8))
    data.setup()
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = CNN2D(7, 8).eval()
    network.front_end, network.origin = data.front_end.spec(), data.origin
    network.labels = list(data.labels)
    rows = torch.tensor([i for i, u in enumerate(data.folds.utterances) if u.speaker == "08"])
    expected = network.probabilities(*data.fold_data.prepared.features.batch(rows))
    paths = [data.folds.utterances[i].path for i in rows]
    answers = Predictor(network).of_speaker([soundfile.read(p, dtype="float32") for p in paths])
    found = [[answer.probabilities[label] for label in data.labels] for answer in answers]
    assert np.array(found) == pytest.approx(expected.detach().numpy(), abs=1e-4)


def test_one_speaker_is_asked_of_a_folder_with_several_files(folder):
    model = CNN2D(7, 8)
    model.front_end = LogMel(n_mels=8).spec()
    with pytest.raises(RunError, match="without normalise=speaker"):
        Predictor(model).of_speaker([])
    model.origin = {"transductive": True}
    with pytest.raises(RunError, match=r"needs 2 utterances .*, and is given 1"):
        Predictor(model).of_speaker([soundfile.read(next(folder("03").rglob("*.wav")))])


def test_a_file_of_a_speaker_that_cannot_be_judged_is_named(folder, tmp_path):
    model = CNN2D(7, 8)
    model.front_end, model.origin = LogMel(n_mels=8).spec(), {"transductive": True}
    sound = soundfile.read(next(folder("03").rglob("*.wav")))
    brief = (sound[0][:100], sound[1])
    with pytest.raises(AudioError, match=r"^recording 2: the waveform lasts"):
        Predictor(model).of_speaker([sound, brief])
    with pytest.raises(AudioError, match=r"^b\.wav: the waveform lasts"):
        Predictor(model).of_speaker([sound, brief], ["a.wav", "b.wav"])


def test_the_stamp_names_all_that_sets_a_run_apart():
    assert stamp("honest", "", True, True) == "honest, TRANSDUCTIVE, SHUFFLED LABELS"
    assert stamp("published", "x", False) == "published (LEAKS)"

"""A run belongs to its corpus, its folds and its code: with others it is refused, not skipped."""

import json
import shutil
import sys

import numpy as np
import pandas as pd
import pytest
import soundfile
from hydra import compose, initialize_config_dir
from hydra.core.hydra_config import HydraConfig
from omegaconf import open_dict

from ser.corpora.emodb import EmoDB
from ser.errors import ConfigError, RunError
from ser.features import UtteranceStatistics
from ser.runs.checked import read_predictions
from ser.runs.configuration import config_folder
from ser.runs.marker import digest, read_identity
from ser.runs.reading import find_runs
from ser.training.classical import ClassicalLearner
from ser.training.job import run_folder, train

NETWORK = """
from ser.models import CNN1D
from myblocks import WIDTH


class Tiny(CNN1D):
    width = WIDTH
"""
READER = """
from ser.corpora import EmoDB
from ser.data import CorpusDataModule
from ser.features import UtteranceStatistics


class Mine(CorpusDataModule):
    def __init__(self, wav_folder, front_end=None, **options):
        super().__init__(EmoDB(wav_folder), front_end or UtteranceStatistics(), **options)
"""
FRONT_END = """
from functools import wraps
import numpy as np
import torch
from ser.features import UtteranceStatistics


class Weighed(UtteranceStatistics):
    @wraps(UtteranceStatistics.__init__)
    def __init__(self, **settings):
        super().__init__(**settings)
        self.register_buffer("gain", torch.from_numpy(np.load({path!r})))

    def extract(self, waveform, lengths):
        return super().extract(waveform, lengths) * self.gain
"""


@pytest.fixture
def corpus(emodb, tmp_path):
    """Copy the small corpus, to be changed."""
    return EmoDB(shutil.copytree(emodb.root, tmp_path / "corpus"))


@pytest.fixture
def start(corpus, tmp_path):
    """Start a training of a linear classifier; gives its run folder."""

    def start(*overrides, root=None):
        words = [
            *("data=emodb", f"data.root={root or corpus.root}", "data.verify=false"),
            *("model=linear", "cv=kfold", "trainer=cpu", f"output={tmp_path / 'runs'}"),
            *overrides,
        ]
        if "cv=kfold" in words and not any(w.startswith("cv=") for w in overrides):
            words.append("cv.n_splits=3")
        with initialize_config_dir(config_folder(), version_base="1.3"):
            cfg = compose("train", words, return_hydra_config=True)
        HydraConfig.instance().set_config(cfg)
        folder = run_folder(cfg)
        with open_dict(cfg):
            del cfg["hydra"]
        train(cfg)
        return folder

    return start


@pytest.fixture
def fold_list(corpus, tmp_path):
    """Give a function that writes a list of three folds; ``shift`` makes another one of it."""

    def write(name="folds.csv", shift=0):
        ids = [u.id for u in corpus.utterances()]
        rows = [f"{name},{(i + (i < 6) * shift) % 3}" for i, name in enumerate(ids)]
        path = tmp_path / name
        path.write_text("\n".join(["id,fold", *rows]) + "\n")
        return path

    return write


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Give a function that writes a module of one's own, over and over again."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def write(name, text):
        (tmp_path / f"{name}.py").write_text(text)
        sys.modules.pop(name, None)

    yield write
    for name in ("mynet", "myblocks", "myreader", "myfeatures"):
        sys.modules.pop(name, None)


@pytest.fixture
def forbid(monkeypatch):
    """Give a function that forbids every training from then on."""

    def forbid():
        monkeypatch.setattr(ClassicalLearner, "fit", lambda *_: pytest.fail("trained again"))

    return forbid


def exchange(corpus, one, other, monkeypatch):
    codes = dict(EmoDB.codes)
    codes[one], codes[other] = codes[other], codes[one]
    monkeypatch.setattr(EmoDB, "codes", codes)


def test_the_emotions_of_a_mended_reader_are_not_those_of_the_run(start, corpus, monkeypatch):
    run = start()
    before = (run / "predictions.csv").read_bytes(), (run / "config.yaml").read_bytes()
    exchange(corpus, "W", "F", monkeypatch)
    message = r"12 utterances have another emotion \(03a01Fa: happiness there, anger now; 03a01Wa"
    with pytest.raises(RunError, match=message):
        start()
    assert before == ((run / "predictions.csv").read_bytes(), (run / "config.yaml").read_bytes())


def test_other_sound_under_equal_names_is_refused(start, corpus, tmp_path):
    run = start("fold=0")
    other = shutil.copytree(corpus.root, tmp_path / "other")
    samples, rate = soundfile.read(other / "wav" / "03a01Wa.wav")
    soundfile.write(other / "wav" / "03a01Wa.wav", samples[::-1], rate, subtype="PCM_16")
    message = r"1 utterance has other sound \(03a01Wa\).*pass output=ANOTHER_FOLDER"
    with pytest.raises(RunError, match=message):
        start("fold=1", root=other)
    assert str(corpus.root) in (run / "config.yaml").read_text()


def test_the_same_corpus_at_another_place_is_the_same_run(start, corpus, tmp_path, forbid):
    run = start()
    forbid()
    assert start(root=shutil.copytree(corpus.root, tmp_path / "moved")) == run
    assert "moved" in (run / "config.yaml").read_text()


def test_utterances_that_were_added_or_removed_are_named(start, corpus):
    start("fold=0")
    (corpus.root / "wav" / "03a01Wa.wav").rename(corpus.root / "wav" / "03a02Wa.wav")
    gone = r"1 utterance is not listed any more \(03a01Wa\)"
    with pytest.raises(RunError, match=rf"{gone}; 1 utterance was not listed then \(03a02Wa\)"):
        start("fold=1")


def test_a_list_of_folds_is_known_by_its_folds_and_not_by_its_place(
    start, fold_list, tmp_path, forbid
):
    path = fold_list()
    run = start("cv=predefined", f"cv.file={path}")
    heading, *rows = path.read_text().splitlines()
    moved = tmp_path / "moved.csv"
    moved.write_text("\n".join([heading, *reversed(rows)]) + "\n")
    forbid()
    assert start("cv=predefined", f"cv.file={moved}") == run
    assert run.name == "predefined"
    assert not any("file" in key for key in read_identity(run))


def test_a_changed_list_of_folds_is_refused_and_another_name_takes_it(start, fold_list):
    run = start("cv=predefined", f"cv.file={fold_list()}", "fold=0")
    changed = fold_list(shift=1)
    with pytest.raises(RunError, match=r"in fold 0, 6 utterances are on another side \(03a01"):
        start("cv=predefined", f"cv.file={changed}", "fold=1")
    assert [path.name for path in run.glob("fold-*")] == ["fold-00"]
    other = start("cv=predefined", f"cv.file={changed}", "name=changed")
    assert set(read_predictions(other).groupby("id").size()) == {1}


def test_edited_code_of_ones_own_and_what_it_imports_is_refused(start, module):
    words = ("model=cnn1d", "model._target_=mynet.Tiny", "trainer.max_epochs=1", "fold=0")
    module("mynet", NETWORK)
    module("myblocks", "WIDTH = 1")
    run = start(*words)
    assert start(*words) == run
    module("myblocks", "WIDTH = 2")
    with pytest.raises(RunError, match=r"the code of model \(mynet\.Tiny\): \w{16} there, \w{16}"):
        start(*words)


def test_a_run_is_not_refused_for_where_a_reader_of_ones_own_finds_its_files(
    start, module, corpus, tmp_path
):
    module("myreader", READER)
    words = ["data._target_=myreader.Mine", "~data.root", "fold=0"]
    run = start(*words, f"+data.wav_folder={corpus.root}")
    moved = shutil.copytree(corpus.root, tmp_path / "moved")
    assert start(*words, f"+data.wav_folder={moved}") == run


def test_features_of_another_version_are_not_mixed_with_those_of_the_run(start, monkeypatch):
    start("fold=0")
    monkeypatch.setattr(UtteranceStatistics, "version", 99)
    message = (
        r"the code of features \(ser\.features\.UtteranceStatistics\): version \d+ there, .* 99"
    )
    with pytest.raises(RunError, match=message):
        start("fold=1")


def test_weights_that_features_of_ones_own_read_from_a_file_belong_to_the_run(
    start, module, tmp_path
):
    path = tmp_path / "gain.npy"
    module("myfeatures", FRONT_END.format(path=str(path)))
    words = ("features._target_=myfeatures.Weighed", "fold=0")
    np.save(path, np.float32([1.0]))
    run = start(*words)
    assert start(*words) == run
    np.save(path, np.float32([2.0]))
    with pytest.raises(RunError, match=r"the weights of its encoder: \w{64} there, \w{64} now"):
        start(*words)


@pytest.fixture
def old_run(start):
    """A run as earlier versions recorded it: by its settings alone."""
    run = start("fold=0")
    (run / "corpus.csv").unlink()
    recorded = {k: v for k, v in read_identity(run).items() if not k.startswith("contents.")}
    recorded["data.root"] = "/somewhere/else"
    (run / "identity.json").write_text(json.dumps(recorded))
    mark = {"config": digest(recorded)}
    done = run / "fold-00/seed-0/done"
    done.write_text(json.dumps({**json.loads(done.read_text()), **mark}))
    return run


def test_a_run_of_an_earlier_version_is_gone_on_with_and_its_corpus_recorded(start, old_run):
    start()
    assert read_identity(old_run)["contents.folds"]
    assert len(pd.read_csv(old_run / "corpus.csv")) == 42
    (found,) = find_runs([old_run])
    assert found.complete


@pytest.mark.parametrize("change", ["emotion", "utterance"])
def test_a_run_of_an_earlier_version_is_compared_by_the_sides_of_its_folds(
    start, old_run, corpus, change, monkeypatch
):
    if change == "emotion":
        exchange(corpus, "W", "F", monkeypatch)
    else:
        (corpus.root / "wav" / "03a01Wa.wav").unlink()
    with pytest.raises(RunError, match=r"in fold 0, .*(another emotion|is not listed any more)"):
        start()
    assert not any(key.startswith("contents.") for key in read_identity(old_run))


def test_a_lost_or_damaged_table_of_the_corpus_is_written_anew(start, forbid):
    run = start("fold=0")
    table = run / "corpus.csv"
    whole = table.read_bytes()
    forbid()
    for damage in (None, b"", b"id,emotion\n\xff\n", b"a,b\n1,2\n"):
        table.unlink()
        if damage is not None:
            table.write_bytes(damage)
        start("fold=0")
        assert table.read_bytes() == whole


def test_without_its_table_another_corpus_is_still_refused(start, corpus):
    run = start("fold=0")
    (run / "corpus.csv").write_text("id,emotion\n03a01Wa,anger\n")
    (corpus.root / "wav" / "03a01Wa.wav").unlink()
    with pytest.raises(RunError, match=r"the corpus is another one, and corpus\.csv of the run"):
        start("fold=0")


def test_folds_that_would_be_dealt_anew_each_time_are_refused(start, tmp_path):
    with pytest.raises(Exception, match=r"cv\.seed=null must be a whole number"):
        start("cv=stratified", "cv.seed=null")
    assert not (tmp_path / "runs").exists()


def test_a_training_without_a_seed_is_refused(start):
    with pytest.raises(ConfigError, match="seed=null must be a whole number"):
        start("seed=null")

"""A database of audformat is a corpus: stretches, and what other tables know of their files."""

import pickle
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile

from ser.corpora import Audformat
from ser.errors import ConfigError, CorpusError
from ser.features.audio import duration_of

RATE = 16000
FILES = [f"wav/{number}.wav" for number in range(4)]
SPEAKERS = ["ann", "ann", "bob", "bob"]


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    """Write four files: emotions of stretches in one table, speakers of files in another."""
    audformat = pytest.importorskip("audformat", reason="needs audformat: pip install audformat")
    root = tmp_path_factory.mktemp("database")
    (root / "wav").mkdir()
    for file in FILES:
        noise = np.random.default_rng(len(file)).normal(0, 0.1, 2 * RATE)
        soundfile.write(root / file, noise, RATE)
    made = audformat.Database("mini")
    made.schemes["emotion"] = audformat.Scheme(labels=["anger", "joy"])
    made.schemes["speaker"] = audformat.Scheme(
        labels={"ann": {"gender": "female", "age": 30}, "bob": {"gender": "male"}}
    )
    made.schemes["text"] = audformat.Scheme("str")
    made["files"] = files = audformat.Table(audformat.filewise_index(FILES))
    files["speaker"] = audformat.Column(scheme_id="speaker")
    files["speaker"].set(SPEAKERS)
    files["text"] = audformat.Column(scheme_id="text")
    files["text"].set(["one", "two", "one", "two"])
    stretches = audformat.segmented_index([*FILES, FILES[0]], [0, 0, 0, 0, 1], [1, 1, 1, None, 2])
    made["turns"] = turns = audformat.Table(stretches)
    turns["emotion"] = audformat.Column(scheme_id="emotion")
    turns["emotion"].set(["anger", "joy", "anger", "joy", "joy"])
    made.save(str(root))
    return root


def test_each_stretch_has_the_speaker_of_its_file(database):
    corpus = Audformat(database, columns={"sentence": "text"}, probe=duration_of)
    corpus.verify()
    found = {u.id: (u.emotion, u.speaker, u.sentence, u.sex) for u in corpus.utterances()}
    assert found == {
        "wav/0.wav:0-1": ("anger", "ann", "one", "f"),
        "wav/0.wav:1-2": ("joy", "ann", "one", "f"),
        "wav/1.wav:0-1": ("joy", "ann", "two", "f"),
        "wav/2.wav:0-1": ("anger", "bob", "one", "m"),
        "wav/3.wav": ("joy", "bob", "two", "m"),
    }
    ages = {u.speaker: u.age for u in corpus.utterances()}
    assert ages == {"ann": "30", "bob": None}


class Payload:
    """Makes a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


@pytest.fixture
def copied(database, tmp_path):
    return shutil.copytree(database, tmp_path / "copy")


@pytest.mark.parametrize("tag", ["object/apply:os.system ['touch {0}']", "name:os.system"])
def test_a_header_that_would_run_code_is_refused(copied, tmp_path, tag):
    header, ran = copied / "db.yaml", tmp_path / "ran"
    header.write_text(f"{header.read_text()}author: !!python/{tag.format(ran)}\n")
    with pytest.raises(CorpusError, match="which could run code as it is read"):
        Audformat(copied).utterances()
    assert not ran.exists()


def test_a_pickle_beside_a_table_is_not_read_and_one_without_it_is_refused(copied, tmp_path):
    ran = tmp_path / "ran"
    pickled = copied / "db.turns.pkl"
    pickled.write_bytes(pickle.dumps(Payload(ran)))
    assert len(Audformat(copied, probe=duration_of).utterances()) == 5
    next(path for path in copied.glob("db.turns.*") if path != pickled).unlink()
    with pytest.raises(CorpusError, match=r"db\.turns\.pkl is a pickle.*storage_format='csv'"):
        Audformat(copied).utterances()
    assert not ran.exists()
    pickled.unlink()
    with pytest.raises(CorpusError, match=r"copy has no db\.turns\.csv or db\.turns\.parquet"):
        Audformat(copied).utterances()


def test_an_end_behind_the_end_of_a_file_is_named(database, tmp_path):
    audformat = pytest.importorskip("audformat", reason="needs audformat: pip install audformat")
    made = audformat.Database.load(str(database))
    made["turns"].df.index = audformat.segmented_index(FILES + FILES[:1], [0] * 5, [1, 1, 1, 9, 2])
    made.save(str(tmp_path))
    (tmp_path / "wav").symlink_to(database / "wav")
    with pytest.raises(CorpusError, match=r"the file ends before: wav/3.wav from 0 to 9"):
        Audformat(tmp_path, probe=duration_of).verify()


def test_a_column_of_the_name_goes_before_others_of_its_scheme(database, tmp_path):
    audformat = pytest.importorskip("audformat", reason="needs audformat: pip install audformat")
    made = audformat.Database.load(str(database))
    for column, values in (("spoken_to", SPEAKERS[::-1]), ("said_by", SPEAKERS)):
        made["files"][column] = audformat.Column(scheme_id="speaker")
        made["files"][column].set(values)
    made.save(str(tmp_path))
    (tmp_path / "wav").symlink_to(database / "wav")
    speakers = [u.speaker for u in Audformat(database).utterances()]
    assert [u.speaker for u in Audformat(tmp_path).utterances()] == speakers
    made.drop_tables(["files"])
    made["files"] = files = audformat.Table(audformat.filewise_index(FILES))
    for column, values in (("said_by", SPEAKERS), ("spoken_to", SPEAKERS[::-1])):
        files[column] = audformat.Column(scheme_id="speaker")
        files[column].set(values)
    made.save(str(tmp_path))
    with pytest.raises(CorpusError, match=r"of wav/0.wav that its speaker is ann, and in table"):
        Audformat(tmp_path).utterances()


@pytest.mark.parametrize(
    ("settings", "kind", "words"),
    [
        ({"speaker": "speakr"}, CorpusError, r"no column speakr \(did you mean 'speaker'\?\)"),
        ({"emotion": "emotio"}, CorpusError, r"a column emotio \(did you mean 'emotion'\?\)"),
        ({"tables": ["files"]}, CorpusError, "no table of mini that lists utterances"),
        ({"tables": ["turn"]}, ConfigError, r"data.tables='turn' .*did you mean 'turns'"),
        ({"columns": {"sentence": "texts"}}, CorpusError, "no column texts .*'text'"),
        ({"columns": {"sentense": "text"}}, ConfigError, "data.columns='sentense' is unknown"),
    ],
)
def test_what_a_database_does_not_have_is_named(database, settings, kind, words):
    with pytest.raises(kind, match=words):
        Audformat(database, **settings).utterances()


def test_a_folder_without_a_database_is_named_with_the_next_step(tmp_path):
    with pytest.raises(CorpusError, match=r"has no db.yaml, .* point data.root=… at the folder"):
        Audformat(tmp_path).utterances()
    with pytest.raises(ConfigError, match=r"needs data.root=…, .* or data.name=…"):
        Audformat()


def test_without_the_packages_it_says_how_to_install_them(tmp_path, monkeypatch):
    (tmp_path / "db.yaml").touch()
    monkeypatch.setitem(sys.modules, "audformat", None)
    monkeypatch.setitem(sys.modules, "audb", None)
    with pytest.raises(ConfigError, match=r"the package audformat: pip install 'ser-bench\[audf"):
        Audformat(tmp_path).utterances()
    with pytest.raises(ConfigError, match=r"the package audb: pip install 'ser-bench\[audb\]'"):
        Audformat(name="emodb").utterances()


def test_a_name_without_a_folder_is_loaded_by_audb(database, monkeypatch):
    audformat = pytest.importorskip("audformat", reason="needs audformat: pip install audformat")
    asked = []

    def load(name, **options):
        asked.append((name, options["version"]))
        return audformat.Database.load(str(database))

    monkeypatch.setitem(sys.modules, "audb", SimpleNamespace(load=load))
    corpus = Audformat(name="mini", version="1.0.0")
    assert len(corpus.utterances()) == 5
    assert asked == [("mini", "1.0.0")]
    assert corpus.name == "mini"


def add(database, name, files, emotions, split=None):
    """Add a table of whole files to a copy of a database."""
    audformat = sys.modules["audformat"]
    loaded = audformat.Database.load(str(database))
    if split:
        loaded.splits[split] = audformat.Split(split)
    loaded[name] = audformat.Table(audformat.filewise_index(files), split_id=split)
    loaded[name]["emotion"] = audformat.Column(scheme_id="emotion")
    loaded[name]["emotion"].set(emotions)
    loaded.save(str(database))


def test_tables_that_disagree_on_an_emotion_are_refused(database, tmp_path):
    copy = shutil.copytree(database, tmp_path / "copy")
    add(copy, "whole", FILES[3:], ["joy"])
    assert len(Audformat(copy).utterances()) == 5
    add(copy, "again", FILES[3:], ["anger"])
    with pytest.raises(CorpusError, match=r"wav/3.wav that it is .* data.tables=\["):
        Audformat(copy).utterances()


def test_tables_of_a_split_say_on_which_side_utterances_are(database, tmp_path):
    copy = shutil.copytree(database, tmp_path / "copy")
    add(copy, "learnt", FILES[:2], ["anger", "joy"], "train")
    add(copy, "tested", FILES[2:], ["anger", "joy"], "test")
    found = Audformat(copy, tables=["learnt", "tested"]).utterances()
    assert [u.split for u in found] == ["train", "train", "test", "test"]

"""What every corpus of ``conf/data`` keeps to; a new one needs a line in ``layouts.py``."""

from __future__ import annotations

import copy
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hydra.utils import instantiate
from layouts import LAYOUTS
from omegaconf import OmegaConf

from ser.corpora import Corpus
from ser.errors import CorpusError
from ser.runs.configuration import config_folder

OF_OTHERS = "joined"  # has no files of its own
FILES = Path(config_folder(), "data").glob("*.yaml")
NAMES = sorted(path.stem for path in FILES if path.stem != OF_OTHERS)
every_corpus = pytest.mark.parametrize("name", NAMES)
Make = Callable[[str], Corpus]


def corpus_in(root: Path, name: str) -> Corpus:
    """Build the corpus that a file of ``conf/data`` names, in a folder."""
    settings = OmegaConf.load(Path(config_folder(), "data", f"{name}.yaml"))
    layout = LAYOUTS[name]
    place = str(root / "table.csv" if layout.place == "file" else root)
    return instantiate(settings, **{layout.place: place}, **layout.settings).folds.corpus


def pickled(corpus: Corpus) -> Corpus:
    """Send a corpus to another process and back, or so it seems to it."""
    return pickle.loads(pickle.dumps(corpus))


@pytest.fixture
def complete(tmp_path: Path) -> Make:
    """Give a function from a name to a corpus with all its files."""

    def make(name: str) -> Corpus:
        LAYOUTS[name].write(tmp_path)
        return corpus_in(tmp_path, name)

    return make


def test_every_corpus_has_a_layout() -> None:
    assert sorted(LAYOUTS) == NAMES


@every_corpus
def test_it_is_called_as_on_the_command_line(name: str, tmp_path: Path) -> None:
    assert corpus_in(tmp_path, name).name == name


@every_corpus
def test_labels_are_unique_and_in_a_fixed_order(name: str, complete: Make) -> None:
    corpus = complete(name)
    labels = corpus.labels
    assert labels == pickled(corpus).labels
    assert len(set(labels)) == len(labels) > 1


@every_corpus
def test_counts_if_any_are_published_are_of_its_labels(name: str, complete: Make) -> None:
    corpus = complete(name)
    assert set(corpus.counts) in (set(), set(corpus.labels))


@every_corpus
@pytest.mark.parametrize("fact", ["licence", "citation"])
def test_it_says_what_one_may_do_with_it_and_what_to_cite(
    name: str, fact: str, tmp_path: Path
) -> None:
    assert len(getattr(corpus_in(tmp_path, name), fact).split()) > 3


@every_corpus
def test_utterances_are_sorted_by_unique_ids(name: str, complete: Make) -> None:
    ids = [u.id for u in complete(name).utterances()]
    assert ids == sorted(set(ids))
    assert ids


@every_corpus
def test_every_label_is_spoken_and_nothing_else(name: str, complete: Make) -> None:
    corpus = complete(name)
    assert {u.emotion for u in corpus.utterances()} == set(corpus.labels)


@every_corpus
def test_every_utterance_has_a_speaker_whose_id_is_text(name: str, complete: Make) -> None:
    speakers = {u.speaker for u in complete(name).utterances()}
    assert all(isinstance(speaker, str) and speaker for speaker in speakers)
    assert len(speakers) > 1


@every_corpus
def test_every_path_is_a_file(name: str, complete: Make) -> None:
    assert [u.id for u in complete(name).utterances() if not u.path.is_file()] == []


@every_corpus
def test_listing_twice_gives_equal_lists(name: str, complete: Make) -> None:
    corpus = complete(name)
    assert corpus.utterances() == corpus.utterances()


@every_corpus
@pytest.mark.parametrize("twin", [copy.deepcopy, pickled], ids=["copy", "pickle"])
def test_a_copy_lists_what_the_original_lists(
    name: str, twin: Callable[[Corpus], Corpus], complete: Make
) -> None:
    corpus = complete(name)
    assert twin(corpus).utterances() == corpus.utterances()


@every_corpus
def test_verify_names_all_that_is_missing_at_once(name: str, tmp_path: Path) -> None:
    layout = LAYOUTS[name]
    (layout.whole or layout.write)(tmp_path)
    corpus = corpus_in(tmp_path, name)
    if layout.whole:
        corpus.verify()
    first, *_, last = corpus.utterances()
    for utterance in (first, last):
        utterance.path.unlink()
    with pytest.raises(CorpusError) as error:
        corpus.verify()
    for utterance in (first, last):
        count = corpus.counts.get(utterance.emotion, 0)
        lost = f"{utterance.emotion} {count - 1} instead of {count}"
        assert (lost if layout.counted else utterance.id) in str(error.value)
    shutil.rmtree(tmp_path)  # thousands of files


@every_corpus
def test_a_useless_root_is_named_with_the_next_step(name: str, tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    LAYOUTS[name].spoil(root)
    with pytest.raises(CorpusError) as error:
        corpus_in(root, name).utterances()
    assert str(root) in str(error.value)
    assert f"data.{LAYOUTS[name].place}" in str(error.value)

"""Audio that is not what its checksums are of is named before it is trained on."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile

from ser.corpora import Synthetic
from ser.data.corpus_folds import CorpusFolds
from ser.errors import CorpusError
from ser.features import UtteranceStatistics


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("corpus") / "synthetic"
    Synthetic(root, sentences=1, speakers=2).prepare()
    return root


@pytest.fixture
def corpus(written: Path, tmp_path: Path) -> Synthetic:
    """Give a corpus whose files a test may change."""
    return Synthetic(shutil.copytree(written, tmp_path / "corpus"), sentences=1, speakers=2)


def folds(corpus: Synthetic, tmp_path: Path, *, verify: bool = True) -> CorpusFolds:
    return CorpusFolds(corpus, UtteranceStatistics(), cache=tmp_path / "cache", verify=verify)


def spoil(corpus: Synthetic) -> list[str]:
    """Make a file empty, a second silent, a third a pointer, and a fourth another recording."""
    paths = [u.path for u in corpus.utterances()][:5]
    paths[0].write_bytes(b"")
    soundfile.write(paths[1], np.zeros(16000), 16000)
    paths[2].write_text("version https://git-lfs.github.com/spec/v1\n")
    shutil.copy(paths[4], paths[3])
    return [path.stem for path in paths[:4]]


def test_all_files_that_differ_are_named_with_what_ails_them(
    corpus: Synthetic, tmp_path: Path
) -> None:
    ids = spoil(corpus)
    with pytest.raises(CorpusError) as error:
        _ = folds(corpus, tmp_path).prepared
    said = str(error.value)
    assert "4 of 14 files" in said
    assert [name for name in ids if name in said] == ids
    assert "silence" in said
    assert "its bytes differ" in said
    assert not (tmp_path / "cache").exists()


def test_untouched_files_are_trained_on(corpus: Synthetic, tmp_path: Path) -> None:
    assert folds(corpus, tmp_path).hashes == corpus.checksums()


def test_who_asks_for_no_check_gets_the_files_as_they_are(
    corpus: Synthetic, tmp_path: Path
) -> None:
    first, second = (u.path for u in corpus.utterances()[:2])
    shutil.copy(first, second)
    assert len(folds(corpus, tmp_path, verify=False).prepared.features) == 14


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"arguments": 3}'])
def test_a_damaged_manifest_is_named(text: str, corpus: Synthetic, tmp_path: Path) -> None:
    (corpus.root / "synthetic.json").write_text(text)
    with pytest.raises(CorpusError, match=r"synthetic\.json is damaged .*Delete"):
        _ = folds(corpus, tmp_path).utterances


@pytest.mark.parametrize("verify", [True, False])
def test_faults_of_names_and_of_content_are_one_message(
    corpus: Synthetic, tmp_path: Path, *, verify: bool
) -> None:
    ids = spoil(corpus)
    (corpus.root / "wav" / "notes.wav").touch()
    with pytest.raises(CorpusError) as error:
        _ = folds(corpus, tmp_path, verify=verify).listed
    said = str(error.value)
    assert "notes.wav" in said
    assert f"{ids[0]}.wav is empty" in said
    assert f"{ids[2]}.wav" in said
    assert (f"2 files are not the published ones: {ids[1]}, {ids[3]}" in said) is verify

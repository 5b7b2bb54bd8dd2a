"""The datamodule of several corpora: one front end, and each corpus by its own rules."""

import numpy as np
import pytest
import soundfile

from ser.data import JoinedDataModule, TableDataModule
from ser.errors import CorpusError
from ser.folds import regime


def write_table(root, name, rate):
    """Write a corpus of two speakers in two emotions."""
    rows = ["path,emotion,speaker"]
    for number, (speaker, emotion) in enumerate((s, e) for s in "ab" for e in ("anger", "joy")):
        noise = np.random.default_rng([rate, number]).normal(0, 0.1, rate // 2)
        soundfile.write(root / f"{name}-{number}.wav", noise, rate)
        rows.append(f"{name}-{number}.wav,{emotion},{speaker}")
    (root / f"{name}.csv").write_text("\n".join(rows))
    return root / f"{name}.csv"


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    """Write two corpora, the second of which is of telephones."""
    rates = {"studio": 16000, "phone": 8000}
    return {name: write_table(tmp_path_factory.mktemp(name), name, r) for name, r in rates.items()}


def modules(tables, **settings):
    return {name: TableDataModule(path, **settings) for name, path in tables.items()}


def test_features_are_extracted_at_the_lowest_rate_of_all_corpora(tables):
    data = JoinedDataModule(modules(tables), cv=regime("corpus", test="studio"), test="studio")
    assert data.num_folds == 1
    assert data.folds.hearing.sample_rate == 8000


def test_sides_of_a_fold_have_no_corpus_and_no_speaker_in_common(tables):
    data = JoinedDataModule(modules(tables), cv="corpus", fold=0)
    data.setup()
    sides = ("train", "validation", "test")
    speakers = [{row.speaker for row in data.fold_data.rows(side)} for side in sides]
    assert speakers[2] == {"phone/a", "phone/b"}
    assert speakers[0] | speakers[1] == {"studio/a", "studio/b"}
    assert not speakers[0] & speakers[1]


def test_inner_folds_may_share_a_corpus_but_no_speaker_and_nothing_with_the_test(tables):
    third = {"radio": TableDataModule(write_table(tables["phone"].parent, "radio", 11025))}
    cv = regime("corpus", inner=2)
    folds = JoinedDataModule({**modules(tables), **third}, cv=cv).folds
    inner = folds.fold(0, inner=0)
    train, test = ({row.speaker for row in inner.rows(side)} for side in ("train", "test"))
    assert not train & test
    assert {speaker.split("/")[0] for speaker in train | test} == {"radio", "studio"}


def test_a_corpus_is_verified_unless_its_own_setting_says_otherwise(tables, tmp_path):
    for number in range(4):
        (tmp_path / f"studio-{number}.wav").write_bytes(b"no audio")
    (tmp_path / "studio.csv").write_text(tables["studio"].read_text())
    broken = {**tables, "studio": tmp_path / "studio.csv"}
    with pytest.raises(CorpusError, match=r"studio: .*\n  audio cannot be decoded"):
        _ = JoinedDataModule(modules(broken), cv="corpus").num_folds
    assert JoinedDataModule(modules(broken, verify=False), cv="corpus").num_folds == 2

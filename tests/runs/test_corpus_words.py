"""Words that name several corpora are spelt so that Hydra composes each of them."""

from pathlib import Path

import pytest
import yaml

from ser.errors import ConfigError
from ser.runs.configuration import config_folder
from ser.runs.corpora import JOINT, against_each, spell_corpora, spell_job

EMODB = "+data@data.corpora.emodb=emodb"
SYNTHETIC = "+data@data.corpora.synthetic=synthetic"
ACROSS = ["data=joined", EMODB, SYNTHETIC, "data.test=synthetic"]


@pytest.mark.parametrize(
    ("words", "spelt"),
    [
        (["data=emodb", "cv=speaker"], ["data=emodb", "cv=speaker"]),
        (["data=emodb,synthetic", "-m"], ["data=emodb,synthetic", "-m"]),
        (["data=[emodb,synthetic]", "cv=corpus"], ["data=joined", EMODB, SYNTHETIC, "cv=corpus"]),
        (["data=emodb", "test_data=synthetic"], [*ACROSS, "cv=corpus"]),
        (["data=emodb", "test_data=synthetic", "cv=corpus"], [*ACROSS, "cv=corpus"]),
        (
            ["data=emodb", "test_data=synthetic", "data.root=/a", "test_data.speakers=3"],
            [*ACROSS, "cv=corpus", "data.corpora.emodb.root=/a",
             "data.corpora.synthetic.speakers=3"],
        ),
        (
            ["data=emodb", "test_data=synthetic", "data.emotions={a: b}", "data.verify=false",
             "data.duplicates=drop"],
            [*ACROSS, "cv=corpus", "++data.emotions.emodb={a: b}", "data.verify=false",
             "data.duplicates=drop"],
        ),
        (
            ["data=[emodb,synthetic]", "data.emodb.root=/a", "data.synthetic.emotions.joy=null"],
            ["data=joined", EMODB, SYNTHETIC, "data.corpora.emodb.root=/a",
             "++data.emotions.synthetic.joy=null"],
        ),
        (["data=lists/calls.csv"], ["data=table", "data.file=lists/calls.csv"]),
        (["data='a/calls, [all].csv'"], ["data=table", "data.file='a/calls, [all].csv'"]),
        (
            [r"data='a/Bert\'s calls, all.csv'"],
            ["data=table", r"data.file='a/Bert\'s calls, all.csv'"],
        ),
        (
            ["data=[a/north calls.csv,mine:folders]", "data.mine.root=/m"],
            ["data=joined", "+data@data.corpora.north_calls=table",
             "data.corpora.north_calls.file='a/north calls.csv'",
             "+data@data.corpora.mine=folders", "data.corpora.mine.root=/m"],
        ),
    ],
)  # fmt: skip
def test_words_are_spelt_for_each_corpus(words, spelt):
    assert spell_corpora(words) == spelt


def test_settings_of_joined_corpora_are_of_no_single_one():
    settings = yaml.safe_load((Path(config_folder()) / "data" / "joined.yaml").read_text())
    assert set(settings) - {"_target_"} == set(JOINT)


@pytest.mark.parametrize("words", [["data=[emodb,synthetic]"], ["data=a.csv", "test_data=emodb"]])
def test_what_is_spelt_stays_as_it_is(words):
    spelt = spell_corpora(words)
    assert spell_corpora(spelt) == spelt


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["test_data=emodb"], "test_data=emodb needs data="),
        (["data=emodb", "test_data=emodb"], "emodb is named twice"),
        (["data=[table,table]"], r"data=\[a:table,b:table\]"),
        (["data=[x/c.csv,y/c.csv]"], r"c is named twice.*\[a:table,b:table\] data.a.file="),
        (["data=emodb", "test_data=[a,b]"], "test_data takes one corpus"),
        (["data=emodb", "test_data=synthetic", "cv=speaker"], "cv=speaker has nothing to split"),
        (["data=[a,b]", "test_data=c", "data.root=/x"], "write data.a.root or data.b.root"),
        (["data=[a,b]", "data.a.batch_size=3"], "write data.batch_size=3"),
        (["data=[a,b]", "data.a.duplicates=drop"], "write data.duplicates=drop"),
    ],
)
def test_what_cannot_be_trained_and_tested_so_is_refused(words, complaint):
    with pytest.raises(ConfigError, match=complaint):
        spell_corpora(words)


def jobs(*words):
    """Spell each job of a matrix of two corpora, as the sweeper does."""
    waiting = against_each(spell_corpora(["data=emodb,synthetic", *words]))
    swept = {word.partition("=")[0]: word.partition("=")[2] for word in waiting}
    assert swept["data"] == swept["+test_data.corpus"] == "emodb,synthetic"
    others = [w for w in waiting if not w.startswith(("data=", "+test_data.corpus="))]
    return {
        (one, other): spell_job([f"data={one}", *others, f"+test_data.corpus={other}"])
        for one in ("emodb", "synthetic")
        for other in ("emodb", "synthetic")
    }


@pytest.mark.parametrize("tested", ["test_data=each", "test_data=emodb,synthetic"])
def test_each_job_of_a_matrix_is_spelt_alone(tested):
    found = jobs(tested, "model=svm")
    assert found["emodb", "synthetic"] == [*ACROSS, "cv=corpus", "model=svm"]
    assert found["synthetic", "synthetic"] == ["data=synthetic", "model=svm", "cv=speaker_kfold"]


def test_settings_of_a_corpus_are_in_those_jobs_alone_that_have_it():
    found = jobs("test_data=each", "data.synthetic.speakers=3")
    setting = "data.corpora.synthetic.speakers=3"
    assert [setting in words for words in found.values()] == [False, True, True, False]
    assert "data.speakers=3" in found["synthetic", "synthetic"]
    assert found["emodb", "emodb"] == ["data=emodb", "cv=speaker_kfold"]


def test_a_regime_is_that_of_a_corpus_by_itself():
    found = jobs("test_data=each", "cv=speaker", "cv.inner=3")
    assert found["emodb", "synthetic"] == [*ACROSS, "cv=corpus"]
    assert found["emodb", "emodb"] == ["data=emodb", "cv=speaker", "cv.inner=3"]
    alone = against_each(["data=emodb", "+test_data.corpus=a,b", "cv=speaker"])
    with pytest.raises(ConfigError, match="cv=speaker has nothing to split"):
        spell_job([*alone[:-1], "+test_data.corpus=a"])


def test_a_corpus_by_itself_has_the_classes_of_the_others_if_they_were_chosen():
    found = jobs("test_data=each", "data.classes=[anger,fear]")
    assert found["emodb", "emodb"] == [
        *("data=joined", EMODB, "data.classes=[anger,fear]", "cv=speaker_kfold")
    ]


def test_each_needs_corpora_to_take():
    with pytest.raises(ConfigError, match="'data=emodb,synthetic'"):
        against_each(["test_data=each"])


def test_options_stay_apart_from_corpora() -> None:
    spelt = spell_corpora(["-m", "+grid=svm", "data=calls.csv", "cv=speaker"])
    assert spelt[:2] == ["-m", "+grid=svm"]
    assert spelt[-1] == "cv=speaker"
    assert not any(word.startswith("-") for word in spelt[1:])

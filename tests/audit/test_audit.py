"""The audit, end to end, on a corpus of a few seconds: what it shows, and what it refuses."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hydra import compose, initialize_config_dir

from ser.audit.__main__ import main
from ser.audit.job import audit
from ser.errors import ConfigError, FoldError, LeakageError
from ser.runs.configuration import config_folder
from ser.training.composing import refusal

ROWS = ("cv=kfold", "cv.n_splits=3", "protocol=published", "augment=published")
FEATURES = "features=statistics155"


@pytest.fixture
def run(emodb, capsys):
    """Audit a corpus, the small one by default; gives what is printed."""

    def run(*overrides, root=emodb.root):
        words = ["data=emodb", f"data.root={root}", "data.verify=false", *overrides]
        with initialize_config_dir(config_folder(), version_base="1.3"):
            cfg = compose("audit", words)
        audit(cfg)
        return capsys.readouterr().out

    return run


@pytest.fixture
def copy(emodb, tmp_path):
    """Give a copy of the small corpus that may be written to."""
    return Path(shutil.copytree(emodb.root, tmp_path / "corpus"))


def flat(text):
    return " ".join(text.split())


def test_audit_of_speakers_shows_sizes_overlaps_files_and_probes(run):
    text = run("cv=speaker")
    assert max(map(len, text.splitlines())) <= 80
    assert "42 utterances, 3 folds; train 14, validation 14, test 14" in text
    assert "in every fold, all 2 test sentences are also in training" in text
    assert "speakers" not in text
    assert text.count(": none") == 4
    assert "nearest neighbour" in text.lower()
    assert "no tested row is next to another of the same utterance" in flat(text)


def test_table_of_sizes_counts_every_emotion(run):
    rows = [line.split() for line in run("cv=speaker").splitlines()]
    assert ["0", "train", "14", *["2"] * 7, "1", "2"] in rows
    assert ["test", "14", *["2"] * 7, "1", "2"] in rows


def test_shuffled_labels_are_stamped_on_both_tables(run):
    text = flat(run("cv=speaker", "shuffle_labels=true"))
    assert "protocol=honest, SHUFFLED LABELS" in text
    assert "Nearest neighbour in training and validation, SHUFFLED LABELS" in text
    assert "the column UAR are not those of the corpus" in text
    assert "SHUFFLED LABELS" not in run("cv=speaker")


def test_predictions_are_not_judged_by_shuffled_labels(run):
    with pytest.raises(ConfigError, match="judged by those that the corpus has; leave it out"):
        run("predictions=theirs.csv", "shuffle_labels=true")


def test_random_folds_say_that_speakers_are_on_both_sides(run):
    text = run("cv=stratified", "cv.n_splits=2", "protocol.validation=false")
    assert "in every fold, all 3 test speakers are also in training" in text


def test_dealing_rows_after_copying_is_told_by_overlap_and_both_probes(run):
    text = flat(run(*ROWS, FEATURES))
    assert "test utterances have copies in training" in text
    assert "protocol=published LEAKS: copies of test utterances are in training" in text
    assert "LEAK, 1" in text


def test_same_copies_dealt_with_their_utterance_are_not_told(run):
    text = flat(run(*ROWS, FEATURES, "protocol=grouped"))
    assert "have copies in training" not in text
    assert "no tested row is next to another of the same utterance" in text


def test_planted_duplicate_is_named_and_ends_the_audit_as_a_leak(run, copy, capsys):
    shutil.copy(copy / "wav" / "03a01Fa.wav", copy / "wav" / "08b02Fz.wav")
    with pytest.raises(LeakageError, match=r"content 0\S+ = 0\S+ is on two sides"):
        run("cv=speaker", root=copy)
    text = flat(capsys.readouterr().out)
    assert "under two names: 1: 03a01Fa = 08b02Fz" in text
    assert "FORBIDDEN" in text
    assert "with shuffled labels" in text  # all the rest is shown nevertheless


def test_quiet_clipped_and_nearly_equal_files_are_named(run, copy):
    wav = copy / "wav"
    samples, rate = soundfile.read(wav / "03a01Fa.wav")
    draw = np.random.default_rng(0)
    soundfile.write(wav / "03a01Fx.wav", samples * 0.01, rate)
    soundfile.write(wav / "03a01Fy.wav", (20 * samples).clip(-1, 1), rate)
    soundfile.write(wav / "08b02Fz.wav", samples + 1e-4 * draw.standard_normal(len(samples)), rate)
    text = flat(run("cv=speaker", "protocol.validation=false", root=copy))
    assert "below -40 dB of full scale: 1: 03a01Fx (-5" in text
    assert "within 0.1 % of the loudest: 1: 03a01Fy" in text
    assert "03a01Fa ~ 08b02Fz (0." in text
    assert re.search(r"of different speakers: 1: 03a01Fa ~ 08b02Fz \(0\.\d+\) of 03 and 08", text)


def test_files_are_said_to_be_of_their_forms_and_lengths(run, copy):
    samples, _ = soundfile.read(copy / "wav" / "03a01Fa.wav")
    soundfile.write(copy / "wav" / "03a01Fa.wav", np.stack([samples, samples], 1), 24414)
    text = flat(run("cv=speaker", "protocol.validation=false", root=copy))
    assert "files: 41 of 16000 Hz, one channel, PCM_16; 1 of 24414 Hz, 2 channels, PCM_16" in text
    assert re.search(r"utterances last 0\.\d+ to \d\.\d+ s, median 0\.\d+ s; \d+ s in all", text)


def test_planted_duplicate_is_kept_on_one_side_where_utterances_are_dealt(run, copy):
    shutil.copy(copy / "wav" / "03a01Fa.wav", copy / "wav" / "08b02Fz.wav")
    text = flat(run("cv=stratified", "cv.n_splits=2", "protocol.validation=false", root=copy))
    assert "1 file is identical to another, with which it is on one side of every fold" in text
    assert "FORBIDDEN" not in text


def test_emotion_that_a_side_lacks_is_named(run, copy):
    for path in copy.glob("wav/08???E?.wav"):
        path.unlink()
    text = run("cv=speaker", root=copy)
    assert "no disgust in test of fold 1" in text
    assert "no disgust in validation of fold 2" in text


def test_what_a_list_never_tests_is_named(run, copy, tmp_path):
    names = sorted(path.stem for path in copy.glob("wav/*.wav"))
    rows = [f"{name},{'0' if name.startswith('03') else ''}" for name in names]
    (tmp_path / "folds.csv").write_text("\n".join(["id,fold", *rows]))
    text = flat(run("cv=predefined", f"cv.file={tmp_path}/folds.csv", root=copy))
    assert "28 utterances are never tested" in text
    assert "speaker never tested: 08, 09" in text


def test_emobox_folds_are_audited_as_they_are_listed(run, emodb, tmp_path):
    names = [u.id for u in emodb.utterances()]
    for number in (1, 2, 3):
        held = set(names[number - 1 :: 3])
        for side, ids in (("train", set(names) - held), ("test", held)):
            lines = [json.dumps({"wav": f"wav/{n}.wav"}) for n in sorted(ids)]
            path = tmp_path / f"fold_{number}" / f"emodb_{side}_fold_{number}.jsonl"
            path.parent.mkdir(exist_ok=True)
            path.write_text("\n".join(lines))
    text = flat(run("cv=predefined", f"cv.file={tmp_path}"))
    assert "(EmoBox): 3 folds, each utterance is tested once" in text
    assert "in every fold, all 3 test speakers are also in training" in text


def test_corpus_without_the_group_is_refused_at_once(run):
    with pytest.raises(FoldError, match="cv=session splits by session, which this corpus"):
        run("cv=session")


def test_nothing_is_trained_and_nothing_written(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run("cv=speaker")
    assert not list(tmp_path.glob("*"))


def test_mistake_on_the_command_line_ends_with_one_sentence(emodb, monkeypatch):
    words = ["data=emodb", f"data.root={emodb.root}", "data.verify=false", "cv=predefined"]
    monkeypatch.setattr(sys, "argv", ["ser.audit", *words])
    with pytest.raises(SystemExit, match=r"^error: cv=predefined needs cv\.file=") as ended:
        main()
    assert "\n" not in str(ended.value)


def test_error_that_is_no_mistake_of_the_user_has_no_sentence():
    assert refusal(ZeroDivisionError()) is None

"""Many files: outputs of every kind, broken ones among them, and starts that were stopped."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile

import ser
from ser.errors import ConfigError
from ser.inference import many, timeline
from ser.inference.answers import Answer
from ser.inference.journal import journal
from ser.inference.writers import Findings, writer_for
from ser.predict import main

RATE = 16_000
LABELS = [str(i) for i in range(7)]


@pytest.fixture
def calls(tmp_path, speech, monkeypatch):
    """Five files of other rates, kinds and channels, one of which is broken."""
    folder = tmp_path / "calls"
    (folder / "sub").mkdir(parents=True)
    soundfile.write(folder / "a.wav", speech, RATE)
    soundfile.write(folder / "b.flac", np.stack([speech, speech], 1), 44_100)
    (folder / "bad.wav").write_text("no audio")
    soundfile.write(folder / "müde =.ogg", speech, RATE)
    soundfile.write(folder / "sub" / "c.mp3", speech, RATE)
    monkeypatch.chdir(tmp_path)
    return folder


def predict(checkpoint, *words):
    """Run the command; give its exit code."""
    try:
        main([f"checkpoint={checkpoint}", *words])
    except SystemExit as end:
        return end.code
    return 0


def table(path):
    with Path(path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_folder_becomes_a_table_and_what_is_broken_is_listed(checkpoint, calls, capsys):
    assert predict(checkpoint, "input=calls", "output=answers.csv") == 1
    rows = table("answers.csv")
    names = ["a.wav", "b.flac", "bad.wav", "müde =.ogg", "sub/c.mp3"]
    assert [row["file"] for row in rows] == [f"calls/{name}" for name in names]
    predictor = ser.load(checkpoint)
    for row in rows:
        if row["file"] == "calls/bad.wav":
            assert re.search(r"bad\.wav cannot be decoded", row["error"])
            assert row["emotion"] == row["p_0"] == ""
        else:
            found = {label: float(row[f"p_{label}"]) for label in LABELS}
            assert found == pytest.approx(predictor(row["file"]).probabilities, abs=2e-6)
            assert row["notes"].startswith("this model file does not say")
    said = capsys.readouterr()
    assert "1 of 5 files could not be judged:\n  calls/bad.wav cannot be decoded" in said.err
    assert "Written to answers.csv." in said.out
    assert sorted(path.name for path in Path().iterdir()) == ["answers.csv", "calls"]


def test_without_an_output_files_stand_in_a_table(checkpoint, calls, capsys):
    assert predict(checkpoint, "input=[calls/a.wav,calls/b.flac]") == 0
    said = capsys.readouterr().out
    assert said.count("%") == 2
    assert "calls/b.flac" in said
    assert "(and 1 more like it)" in said


def test_a_broken_file_does_not_stop_the_table_of_the_others(checkpoint, calls, capsys):
    assert predict(checkpoint, "input=calls") == 1
    printed = capsys.readouterr()
    assert printed.out.count("%") == 4
    assert "bad.wav" in printed.out + printed.err


@pytest.mark.parametrize(
    ("given", "files"),
    [(b"calls/a.wav\ncalls/b.flac\n", ["calls/a.wav", "calls/b.flac"]), (None, ["-"])],
)
def test_standard_input_is_a_list_or_a_recording(checkpoint, calls, monkeypatch, given, files):
    content = (calls / "a.wav").read_bytes() if given is None else given
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    assert predict(checkpoint, "input=-", "output=a.csv") == 0
    assert [row["file"] for row in table("a.csv")] == files


def test_a_recording_of_standard_input_that_is_broken_is_called_so(checkpoint, calls, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"RIFF\0\0")))
    assert predict(checkpoint, "input=-").startswith("error: standard input cannot be decoded")


@pytest.mark.parametrize("name", ["answers.json", "answers.JSONL"])
def test_json_holds_what_the_table_does(checkpoint, calls, name):
    assert predict(checkpoint, "input=calls", f"output={name}") == 1
    text = Path(name).read_text("utf-8")
    whole = name.endswith("json")
    found = json.loads(text)["answers"] if whole else [*map(json.loads, text.splitlines())]
    assert [bool(each["error"]) for each in found] == [False, False, True, False, False]
    assert sum(found[0]["probabilities"].values()) == pytest.approx(1, abs=1e-5)
    assert found[1]["end"] == pytest.approx(RATE / 44_100)
    if whole:
        assert json.loads(text)["labels"] == LABELS


def test_windows_stand_in_every_kind_of_file(checkpoint, speech, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    soundfile.write("long.wav", np.tile(speech, 4), RATE)
    words = ["input=long.wav", "window=1", "hop=0.5", "smoothing=1"]
    assert predict(checkpoint, *words, "output=long.csv") == 0
    times = [(float(row["start"]), float(row["end"])) for row in table("long.csv")]
    assert times == [(i / 2, i / 2 + 1) for i in range(7)]


def intervals(text):
    """Parse a TextGrid: tiers by name, each a list of begin, end and text."""
    tiers = {}
    for tier in re.split(r"item \[\d+\]:", text)[1:]:
        name = re.search(r'name = "(.*)"', tier)[1]
        pattern = r'xmin = ([\d.]+)\s+xmax = ([\d.]+)\s+text = "((?:[^"]|"")*)"'
        tiers[name] = [(float(a), float(b), t) for a, b, t in re.findall(pattern, tier)]
    return tiers


def test_textgrids_tile_each_recording(checkpoint, calls):
    shutil.rmtree(calls / "sub")
    words = ["input=calls", "window=0.4", "hop=0.2", "output=grids/*.TextGrid"]
    assert predict(checkpoint, *words) == 1
    grids = sorted(path.name for path in Path("grids").iterdir())
    assert grids == ["a.TextGrid", "b.TextGrid", "müde =.TextGrid"]
    tiers = intervals(Path("grids/a.TextGrid").read_text("utf-8"))
    assert set(tiers) == {"emotion", "probability", "notes"}
    for tier in tiers.values():
        assert tier[0][0] == 0
        assert tier[-1][1] == pytest.approx(1.0)
        assert all(one[1] == other[0] for one, other in pairwise(tier))
    assert {text for *_, text in tiers["emotion"]} <= set(LABELS)


def test_a_textgrid_is_what_praat_reads(checkpoint, calls):
    textgrid = pytest.importorskip("textgrid", reason="pip install textgrid")
    predict(checkpoint, "input=calls/a.wav", "output=a.TextGrid")
    found = textgrid.TextGrid.fromFile("a.TextGrid")
    assert found.getNames() == ["emotion", "probability", "notes"]
    assert found.maxTime == pytest.approx(1.0)


def test_recordings_of_one_name_get_textgrids_by_their_paths(checkpoint, calls):
    (calls / "bad.wav").unlink()
    shutil.copy(calls / "a.wav", calls / "sub/a.wav")
    assert predict(checkpoint, "input=calls", "output=grids/*.TextGrid") == 0
    found = sorted(str(path.relative_to("grids")) for path in Path("grids").rglob("*.TextGrid"))
    assert found == [f"{name}.TextGrid" for name in ("a", "b", "müde =", "sub/a", "sub/c")]
    shutil.copy(calls / "b.flac", calls / "a.flac")
    assert predict(checkpoint, "input=[calls/a.wav,calls/a.flac]", "output=x.*.TextGrid") == 0
    assert {path.name for path in Path().glob("x.*")} == {"x.a.wav.TextGrid", "x.a.flac.TextGrid"}


def test_several_recordings_need_a_textgrid_each(checkpoint, calls, capsys):
    code = predict(checkpoint, "input=calls", "output=a.TextGrid")
    assert re.match(r"error: 5 recordings would be written to a\.TextGrid; put a \*", code)


def test_audformat_is_read_by_its_library(checkpoint, calls):
    audformat = pytest.importorskip("audformat", reason="pip install audformat")
    for _ in range(2):  # the second replaces the first
        assert predict(checkpoint, "input=calls", "output=answers.audformat") == 1
    found = audformat.Database.load("answers.audformat")["predictions"].get()
    assert len(found) == 5
    assert found["p_0"].notna().sum() == 4
    Path("other.audformat").mkdir()
    assert "no audformat database" in predict(
        checkpoint, "input=calls/a.wav", "output=other.audformat"
    )


def test_audformat_refuses_names_it_cannot_hold_before_anything_is_judged(
    checkpoint, calls, monkeypatch
):
    pytest.importorskip("audformat", reason="pip install audformat")
    for name in (b"latin\xe4.wav", b"latin\xfc.wav"):
        shutil.copy(calls / "a.wav", calls / os.fsdecode(name))
    with monkeypatch.context() as patch:
        patch.setattr(many, "decode", pytest.fail)
        said = predict(checkpoint, "input=calls", "output=answers.audformat")
    assert re.match(
        r"error: calls/latin\S+\.wav \(and 1 more\) is not a name in UTF-8, .*; rename it, or "
        r"write \.csv or \.json",
        said,
    )
    assert [path.name for path in Path().iterdir()] == ["calls"]
    for output in ("answers.csv", "answers.json"):  # which the sentence says to be free of this
        assert predict(checkpoint, "input=calls", f"output={output}") == 1
        assert b"latin" in Path(output).read_bytes()


def test_a_database_with_a_name_that_it_cannot_hold_leaves_nothing(tmp_path):
    pytest.importorskip("audformat", reason="pip install audformat")
    answer = Answer(os.fsdecode(b"latin\xe4.wav"), 0.0, 1.0, "joy", {"joy": 1.0})
    path = tmp_path / "a.audformat"
    with pytest.raises(ConfigError, match="is not a name in UTF-8"):
        writer_for(path)(path, Findings([answer], ["joy"], "model.ckpt."))
    assert not [*tmp_path.iterdir()]


@pytest.fixture
def stopped(checkpoint, calls, monkeypatch):
    """A start that ended after three of five files; what was judged since, by name."""
    judged = []
    decode = many.decode

    def counted(path):
        judged.append(Path(path).name)
        return decode(path)

    monkeypatch.setattr(many, "decode", counted)
    monkeypatch.setattr("ser.inference.batching.MOST", 1)
    with monkeypatch.context() as patch:
        patch.setattr(
            many, "decode", lambda path: stop(path) if len(judged) == 3 else counted(path)
        )
        with pytest.raises(KeyboardInterrupt):
            predict(checkpoint, "input=calls", "output=answers.csv")
    assert Path("answers.csv.partial").exists()
    assert not Path("answers.csv").exists()
    judged.clear()
    return judged


def stop(path):
    raise KeyboardInterrupt


def test_the_same_command_goes_on_and_tries_broken_files_again(
    checkpoint, calls, stopped, capsys, tmp_path
):
    assert predict(checkpoint, "input=calls", "output=answers.csv") == 1
    assert stopped == ["bad.wav", "müde =.ogg", "c.mp3"]
    assert "2 of 5 had been judged before." in capsys.readouterr().out
    assert not Path("answers.csv.partial").exists()
    predict(checkpoint, "input=calls", "output=again.csv")
    assert table("answers.csv") == table("again.csv")


def test_a_file_that_was_changed_is_judged_again(checkpoint, calls, stopped, speech):
    soundfile.write(calls / "a.wav", speech[: RATE // 2], RATE)
    predict(checkpoint, "input=calls", "output=answers.csv")
    assert "a.wav" in stopped
    assert table("answers.csv")[0]["end"] == "0.500"


def test_other_settings_do_not_go_on(checkpoint, calls, stopped):
    words = ["input=calls", "output=answers.csv", "window=1"]
    assert re.search(r"another window and hop and smoothing\.", predict(checkpoint, *words))
    assert stopped == []


def judged_windows(monkeypatch, stop_after=None):
    """Count windows as they are judged; stop before a batch of them."""
    counts = []
    answered = timeline.answered

    def counted(predictor, heard):
        if len(counts) == stop_after:
            raise KeyboardInterrupt
        counts.append(len(heard))
        return answered(predictor, heard)

    monkeypatch.setattr(timeline, "answered", counted)
    return counts


@pytest.mark.parametrize("changed", [False, True])
def test_a_long_recording_goes_on_from_its_last_windows(
    checkpoint, calls, speech, monkeypatch, capsys, *, changed
):
    swell = np.geomspace(0.01, 1, 35 * RATE, dtype=np.float32)  # speech, by what came before it
    soundfile.write("long.wav", np.tile(speech, 35) * swell, RATE)
    words = ["input=long.wav", "window=1", "hop=0.5", "smoothing=2", "vad=energy"]
    predict(checkpoint, *words, "output=whole.csv")
    with monkeypatch.context() as patch:
        judged_windows(patch, stop_after=2)
        with pytest.raises(KeyboardInterrupt):
            predict(checkpoint, *words, "output=long.csv")
    if changed:
        os.utime("long.wav", (1, 1))
    counts = judged_windows(monkeypatch)
    capsys.readouterr()
    assert predict(checkpoint, *words, "output=long.csv") == 0
    assert Path("long.csv").read_bytes() == Path("whole.csv").read_bytes()
    assert sum(counts) == (69 if changed else 69 - 39)
    assert ("long.wav goes on where it was left." in capsys.readouterr().out) != changed
    assert not Path("long.csv.partial").exists()


def test_a_line_that_was_cut_off_is_judged_again(checkpoint, calls, stopped):
    place = Path("answers.csv.partial")
    place.write_bytes(place.read_bytes().splitlines(keepends=True)[0] + b'{"name": "calls/a')
    assert predict(checkpoint, "input=calls", "output=answers.csv") == 1
    assert stopped[0] == "a.wav"
    assert len(table("answers.csv")) == 5


def test_an_answer_that_was_edited_is_judged_again(checkpoint, calls, stopped):
    place = Path("answers.csv.partial")
    first, *others = place.read_bytes().splitlines(keepends=True)
    edited = [re.sub(rb'"emotion": "\d"', b'"emotion": "none"', line) for line in others]
    place.write_bytes(b"".join([first, others[0], *edited[1:]]))
    assert predict(checkpoint, "input=calls", "output=answers.csv") == 1
    assert stopped == ["b.flac", "bad.wav", "müde =.ogg", "c.mp3"]
    assert {row["emotion"] for row in table("answers.csv")} <= {*LABELS, ""}


@pytest.mark.parametrize("suffix", ["csv", "json", "jsonl", "TextGrid", "audformat"])
def test_answers_of_a_model_that_is_to_be_warned_of_say_so(tmp_path, suffix):
    if suffix == "audformat":
        pytest.importorskip("audformat", reason="pip install audformat")
    answer = Answer("a.wav", 0.0, 1.0, "joy", {"joy": 0.6, "anger": 0.4})
    path = tmp_path / f"a.{suffix}"
    for warnings in ([], ["LEAKING PROTOCOL: too high."]):
        writer_for(path)(path, Findings([answer], ["anger", "joy"], "model.ckpt.", warnings))
        files = [path] if path.is_file() else [file for file in path.iterdir() if file.is_file()]
        said = ["LEAKING PROTOCOL" in file.read_text("utf-8") for file in files]
        assert all(said) if warnings else not any(said)


def test_two_commands_do_not_write_to_one_output(checkpoint, calls):
    with journal(Path("answers.csv.partial"), {}):
        said = predict(checkpoint, "input=calls", "output=answers.csv")
    assert "another command writes to answers.csv.partial" in said


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["output=a.xlsx"], r"output=a\.xlsx ends with \.xlsx, and must end with \.csv, \.json"),
        (["output=a"], "ends with no suffix"),
        (["output=l.csv", "input=l.csv"], r"output=l\.csv is the input"),
        (["seconds=5"], r"seconds=5\.0 is how long to listen; leave it out, or pass input=micro"),
        (["hop=1"], r"hop=1\.0 is for windows of long recordings; pass window=3"),
        (["window=3", "hop=5"], r"hop=5\.0 must be"),
        (["window=0"], r"window=0\.0 must be"),
        (["window=long"], "window=long is not a number of seconds"),
        (["window="], "window= is empty"),
        (["speaker=two"], "speaker='two' is unknown.*; the only choice is one"),
        (["speaker=one", "window=3"], "leave window= out"),
        (["vad=webrtc", "window=3"], "vad=.webrtc. is unknown; the only choice is energy"),
        (["checkpoint=no*.ckpt"], r"no\*\.ckpt matches no file"),
        (["checkpoint=calls"], "calls is not a file, and no folder of a run"),
    ],
)
def test_words_that_cannot_be_are_refused_in_a_sentence(checkpoint, calls, words, says):
    Path("l.csv").write_text("calls/a.wav\n")
    given = {"checkpoint": f"checkpoint={checkpoint}", "input": "input=calls/a.wav"}
    given.update({word.partition("=")[0]: word for word in words})
    with pytest.raises(SystemExit) as end:
        main([*given.values()])
    assert re.search(f"^error: .*{says}", end.value.code)
    assert Path("l.csv").read_text() == "calls/a.wav\n"


def test_audformat_is_asked_for_where_it_is_missing(monkeypatch, checkpoint, calls):
    monkeypatch.setattr("ser.inference.writers.audformat.find_spec", lambda name: None)
    said = predict(checkpoint, "input=calls", "output=a.audformat")
    assert "needs the package audformat" in said


def test_one_file_that_is_broken_ends_with_a_sentence_and_leaves_nothing(checkpoint, calls):
    said = predict(checkpoint, "input=calls/bad.wav", "output=a.csv")
    assert said.startswith("error: calls/bad.wav cannot be decoded")
    assert [path.name for path in Path().iterdir()] == ["calls"]


def test_names_that_are_no_text_reach_the_table(checkpoint, calls):
    name = os.fsencode(calls) + b"/\xff.wav"
    shutil.copy(os.fsencode(calls / "a.wav"), name)
    predict(checkpoint, "input=calls", "output=a.csv")
    assert b"calls/\xff.wav" in Path("a.csv").read_bytes()


def test_a_suffix_that_was_mistyped_is_guessed():

    with pytest.raises(ConfigError, match="did you mean"):
        writer_for(Path("a.cvs"))

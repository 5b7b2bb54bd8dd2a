"""The page of a corpus, end to end on a few seconds of it, and what it makes of awkward files."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hydra import compose, initialize_config_dir

from ser.corpora import Synthetic
from ser.errors import ConfigError, CorpusError, SerError
from ser.explore.__main__ import main
from ser.explore.agreement import agreement, verdict
from ser.explore.job import explore
from ser.explore.sample import drawn
from ser.runs.configuration import config_folder

Explore = Callable[..., str]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    corpus = Synthetic(tmp_path_factory.mktemp("explored") / "synthetic", sentences=2, speakers=3)
    corpus.prepare()
    return corpus.root


def explored(root: Path, output: Path, *overrides: str) -> str:
    """Explore a corpus of the layout of the embedded one; gives the page."""
    words = ["data=synthetic", f"data.root={root}", "data.sentences=2", "data.speakers=3"]
    words += ["data.verify=false", f"output={output}", *overrides]
    with initialize_config_dir(config_folder(), version_base="1.3"):
        cfg = compose("explore", words)
    return explore(cfg).read_text(encoding="utf-8")


@pytest.fixture
def run(root: Path, tmp_path: Path) -> Explore:
    """Explore a corpus, the embedded one by default, into a folder of the test."""

    def run(*overrides: str, at: Path = root) -> str:
        return explored(at, tmp_path / "page.html", *overrides)

    return run


@pytest.fixture(scope="module")
def page(root: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    return explored(root, tmp_path_factory.mktemp("page") / "page.html")


@pytest.fixture(scope="module")
def awkward(root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """Give a corpus of mixed rates and channels, with a silent file and copies; and some ids."""
    copy = shutil.copytree(root, tmp_path_factory.mktemp("awkward") / "synthetic")
    listed = Synthetic(copy, sentences=2, speakers=3).utterances()
    by_speaker = {u.speaker: [v for v in listed if v.speaker == u.speaker] for u in listed}
    first, second, _ = by_speaker.values()
    samples, rate = soundfile.read(first[0].path)
    noise = 1e-4 * np.random.default_rng(0).standard_normal(len(samples))
    soundfile.write(second[0].path, samples + noise, rate)  # a near-copy of another speaker
    shutil.copy(first[1].path, second[1].path)  # a copy
    soundfile.write(first[2].path, np.zeros(rate), rate)
    stereo = np.stack([samples, samples[::-1]], 1)
    soundfile.write(first[3].path, stereo, 24414)
    soundfile.write(first[4].path, samples[: rate // 2], 48000, subtype="PCM_24")
    first[5].path.write_bytes(b"RIFF")
    return copy, [u.id for u in (first[0], second[0], first[1], second[1], first[2], first[5])]


class Links(HTMLParser):
    """What a page would fetch, and the ids that it has."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("src", "href", "data") and not (value or "").startswith(("#", "data:")):
                self.fetched.append(f"{tag} {value}")
            if name == "id":
                self.ids.append(value or "")


def test_page_counts_the_whole_corpus_and_needs_nothing_but_itself(page: str) -> None:
    links = Links()
    links.feed(page)
    assert links.fetched == []
    assert len(links.ids) == len(set(links.ids))
    assert "42 utterances" in page
    assert "prefers-color-scheme: dark" in page
    assert page.count("<svg") == 9
    assert "Features by corpus" not in page
    assert page.count("data:image/png;base64") == 7  # a spectrogram of each emotion
    for words in (
        "Form of the files",
        "Utterances of each speaker and emotion",
        "Identical files: ",
    ):
        assert words in page
    assert not re.search(r"\b(nan|inf)\b", re.sub(r"base64,[^\"]*", "", page))


def test_equal_words_give_an_equal_page(run: Explore, page: str) -> None:
    assert run() == page


def test_awkward_files_are_named_and_the_rest_is_shown(
    run: Explore, awkward: tuple[Path, list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    root, (one, near, same, copy, silent, cut) = awkward
    page = run(at=root)
    printed = " ".join(capsys.readouterr().out.split())
    for text in (page, printed):
        assert "of 24414 Hz, 2 channels, PCM_16" in text
        assert "of 48000 Hz, one channel, PCM_24" in text
        assert f"{same} = {copy}" in text
        assert "of different speakers: 1:" in text
        assert f"{one} ~ {near}" in text
    assert f"files that cannot be used: 2: {silent} is digital silence; {cut} cannot" in printed
    assert "is digital silence" in page
    assert "cannot be decoded" in page
    assert "but for 3 that are identical to others or cannot be used" in page


def test_file_that_features_read_nothing_in_is_named_like_others(
    run: Explore, root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = Path(shutil.copytree(root, tmp_path / "corpus"))
    short, silent, cancelling, *_ = Synthetic(copy, sentences=2, speakers=3).utterances()
    samples, rate = soundfile.read(short.path)
    soundfile.write(short.path, samples[: rate // 20], rate)
    soundfile.write(silent.path, np.zeros(rate), rate)
    soundfile.write(cancelling.path, np.stack([samples, -samples], 1), rate)
    page = run(at=copy)
    printed = " ".join(capsys.readouterr().out.split())
    assert "files that cannot be used: 3: " in printed
    assert f"{short.id}: the waveform lasts 0.050 s, and UtteranceStatistics reads" in printed
    assert f"{cancelling.id} is silent when its 2 channels are mixed" in printed
    assert "reads windows of 0.064 s" in page


def test_joined_corpora_have_a_map_of_their_own_and_their_notes(root: Path, tmp_path: Path) -> None:
    words = ["data=joined"]
    for name, speakers in (("north", 3), ("south", 3)):
        place = f"data.corpora.{name}"
        words += [f"+data@{place}=synthetic", f"{place}.root={root}", f"{place}.verify=false"]
        words += [f"{place}.sentences=2", f"{place}.speakers={speakers}"]
    with initialize_config_dir(config_folder(), version_base="1.3"):
        cfg = compose("explore", [*words, f"output={tmp_path}/page.html"])
    page = explore(cfg).read_text(encoding="utf-8")
    assert "Features by corpus" in page
    assert "Classes are those that all corpora have: anger" in page


def test_sample_is_drawn_by_its_seed_and_said(run: Explore) -> None:
    page = run("sample=20", "seed=3", "map=tsne")
    assert "those of 20 of them, drawn with the seed 3" in page
    assert "neighbours of 20 utterances" in page
    assert "t-SNE 1" in page


def test_equal_seeds_draw_equal_utterances_in_their_order(root: Path) -> None:
    listed = Synthetic(root, sentences=2, speakers=3).utterances()
    assert drawn(listed, 9, 0) == drawn(listed, 9, 0) != drawn(listed, 9, 1)
    assert sorted(drawn(listed, 9, 0), key=listed.index) == drawn(listed, 9, 0)
    assert drawn(listed, None, 0) == listed


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("sample=3", "sample=3 must be 10 or more"),
        ("map=umap", "map='umap' is unknown"),
        ("+sed=3", "sed is no setting here"),
        ("close=near", "close='near' must be a number"),
        ("output=7", "output=7 must be text or null"),
        ("shuffle_labels=true", "permutes the emotions, and a page of a corpus shows those that"),
        ("+trainer.max_epochs=2", "trainer is no setting here; correct or remove it"),
    ],
)
def test_unfit_setting_is_refused(word: str, said: str, run: Explore) -> None:
    with pytest.raises(ConfigError, match=said):
        run(word)


def test_corpus_of_silence_is_refused(run: Explore, root: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(root, tmp_path / "still")
    for path in copy.rglob("*.wav"):
        soundfile.write(path, np.zeros(1600), 16000)
    with pytest.raises(CorpusError, match=r"^0 different utterances can be heard"):
        run(f"output={tmp_path}/new/page.html", at=copy)
    assert not (tmp_path / "new").exists()


def test_page_that_cannot_be_written_is_one_sentence(run: Explore, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SerError, match="a file lies where a folder belongs"):
        run(f"output={tmp_path}/file/page.html")


@pytest.mark.parametrize("place", ["", "/file/page.html", "/file/below/page.html"])
def test_output_that_can_be_no_file_is_refused_before_anything_is_heard(
    place: str, run: Explore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr("ser.explore.job.Look", None)
    with pytest.raises(SerError, match=r"is a folder, and the page is one file|a file lies where"):
        run(f"output={tmp_path}{place}")


@pytest.mark.parametrize("option", ["-m", "--multirun", "--multi", "hydra.mode=MULTIRUN"])
def test_sweep_is_refused_for_one_page_would_replace_the_other(
    option: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["ser.explore", "data=a.csv,b.csv", option, "output=m.html"])
    with pytest.raises(SystemExit, match="writes one page; call it once for each corpus"):
        main()
    assert not list(tmp_path.iterdir())


def test_command_ends_with_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["ser.explore", "data=table"])
    with pytest.raises(SystemExit, match=r"^error: data=table needs data\.file="):
        main()
    assert not list(tmp_path.iterdir())


NAMES = ["03"] * 40 + ["08"] * 40


def test_neighbours_of_one_speaker_are_a_cluster_and_random_ones_are_not() -> None:
    next_one = [i + 1 if i % 40 < 39 else i - 1 for i in range(80)]
    found = agreement("speaker", NAMES, next_one)
    assert found.share == 1
    assert found.chance == pytest.approx(39 / 79)
    assert found.clusters
    assert "flatter" in verdict(found, found)
    assert "speakers cluster" in verdict(found, found)
    random = agreement(
        "speaker", NAMES, [(i + 40) % 80 if i % 2 else next_one[i] for i in range(80)]
    )
    assert not random.clusters
    assert "do not cluster" in verdict(random, found)


def test_one_speaker_is_neither_a_cluster_nor_none() -> None:
    alone = agreement("speaker", ["03"] * 4, [1, 0, 3, 2])
    assert "all utterances are of one speaker" in verdict(alone, alone)

"""The embedded corpus: its files, its determinism, and the acoustics of its emotions."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from ser.corpora.synthetic import corpus as synthetic
from ser.corpora.synthetic.corpus import Recording, Synthetic
from ser.corpora.synthetic.phones import segments
from ser.corpora.synthetic.prosody import EXPRESSIONS, Voice
from ser.corpora.synthetic.speech import overlap_add, synthesise, vocal_tract
from ser.errors import ConfigError, CorpusError

RATE = 16000
Wave = NDArray[np.floating]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Synthetic:
    return Synthetic(tmp_path_factory.mktemp("small") / "corpus", sentences=1, speakers=2)


@pytest.fixture(scope="module")
def waves() -> dict[str, list[Wave]]:
    """Four speakers by two sentences of each emotion."""
    corpus = Synthetic(sentences=2, speakers=4)
    made: dict[str, list[Wave]] = {emotion: [] for emotion in corpus.labels}
    for recording in corpus.recordings():
        made[corpus.codes[recording.code]].append(corpus.waveform(recording))
    return made


def pitch(wave: Wave) -> Wave:
    """F0 of voiced frames in Hz, 70 to 500 Hz, from the autocorrelation.

    The shortest lag whose peak comes near the highest one is taken: multiples of the period
    correlate as well as the period does.
    """
    frames = np.lib.stride_tricks.sliding_window_view(wave, 640)[::160]
    window = np.hanning(640)
    frames = frames[frames.std(axis=1) > 0.3 * wave.std()] * window
    lags = np.arange(RATE // 500, RATE // 70)
    correlation = autocorrelation(frames) / autocorrelation(window)
    correlation = correlation[:, lags] / correlation[:, :1]
    highest = correlation.max(axis=1, keepdims=True)
    inner = correlation[:, 1:-1]
    peaks = (inner >= correlation[:, :-2]) & (inner >= correlation[:, 2:]) & (inner > 0.8 * highest)
    voiced = (highest[:, 0] > 0.7) & peaks.any(axis=1)
    return RATE / lags[1:-1][peaks[voiced].argmax(axis=1)]


def autocorrelation(frames: Wave) -> Wave:
    return np.fft.irfft(np.abs(np.fft.rfft(frames, 2048)) ** 2)[..., :600]


def mean_pitch(waves: list[Wave]) -> float:
    return float(np.mean([np.log2(np.median(pitch(wave))) for wave in waves]))


def pitch_range(waves: list[Wave]) -> float:
    """Mean distance of the 10th from the 90th percentile, in octaves."""
    return float(np.mean([np.ptp(np.log2(np.percentile(pitch(w), [10, 90]))) for w in waves]))


def duration(waves: list[Wave]) -> float:
    return float(np.mean([len(wave) for wave in waves])) / RATE


def level(waves: list[Wave]) -> float:
    return float(np.mean([20 * np.log10(wave.std()) for wave in waves]))


def brightness(waves: list[Wave]) -> float:
    """Energy above 1 kHz against energy below, in dB."""
    ratios = []
    for wave in waves:
        power = np.abs(np.fft.rfft(wave)) ** 2
        split = 1000 * len(wave) // RATE
        ratios.append(10 * np.log10(power[split:].sum() / power[:split].sum()))
    return float(np.mean(ratios))


def content(corpus: Synthetic) -> dict[str, bytes]:
    return {u.id: u.path.read_bytes() for u in corpus.utterances()}


def test_the_same_seed_gives_the_same_bytes(corpus: Synthetic, tmp_path: Path) -> None:
    assert content(Synthetic(tmp_path / "again", 1, 2)) == content(corpus)


def test_another_seed_gives_other_speech_in_every_file(corpus: Synthetic, tmp_path: Path) -> None:
    other = content(Synthetic(tmp_path / "other", 1, 2, seed=1))
    assert not any(other[name] == data for name, data in content(corpus).items())


def test_an_utterance_does_not_depend_on_how_many_others_are_made() -> None:
    recording = Recording("08", "a01", "T", "a")
    small, large = Synthetic(sentences=1, speakers=2), Synthetic(sentences=10, takes=3)
    np.testing.assert_array_equal(small.waveform(recording), large.waveform(recording))


def test_two_takes_differ() -> None:
    corpus = Synthetic(takes=2)
    first, second = (corpus.waveform(Recording("03", "a01", "N", take)) for take in "ab")
    assert not np.array_equal(first[:16000], second[:16000])


def test_files_have_emodb_names_and_layout(corpus: Synthetic) -> None:
    corpus.utterances()
    names = sorted(path.relative_to(corpus.root).as_posix() for path in corpus.root.rglob("*.wav"))
    assert names == sorted(f"wav/{s}a01{e}a.wav" for s in ("03", "08") for e in "WLEAFNT")


def test_speakers_keep_the_sex_they_have_in_emodb(corpus: Synthetic) -> None:
    assert {(u.speaker, u.sex) for u in corpus.utterances()} == {("03", "m"), ("08", "f")}


def test_the_default_is_350_utterances_50_of_each_emotion() -> None:
    corpus = Synthetic()
    assert corpus.counts == dict.fromkeys(corpus.labels, 50)


def test_a_fresh_corpus_verifies(corpus: Synthetic) -> None:
    corpus.verify()
    corpus.verify_content()


def test_a_lost_file_is_named(tmp_path: Path) -> None:
    corpus = Synthetic(tmp_path / "corpus", 1, 1)
    corpus.utterances()[0].path.unlink()
    with pytest.raises(CorpusError, match="03a01Aa"):
        corpus.verify()


def test_files_are_16_khz_mono_pcm_16(corpus: Synthetic) -> None:
    formats = {soundfile.info(u.path) for u in corpus.utterances()}
    assert {(f.samplerate, f.channels, f.subtype) for f in formats} == {(16000, 1, "PCM_16")}


def test_speech_is_neither_clipped_nor_silent(waves: dict[str, list[Wave]]) -> None:
    every = [wave for some in waves.values() for wave in some]
    assert max(np.abs(wave).max() for wave in every) < 1
    assert min(wave.std() for wave in every) > 0.003  # -50 dBFS


def test_every_utterance_lasts_one_to_five_seconds(waves: dict[str, list[Wave]]) -> None:
    lengths = [len(wave) / RATE for some in waves.values() for wave in some]
    assert min(lengths) > 1
    assert max(lengths) < 5


@pytest.mark.parametrize("high", ["anger", "fear", "happiness"])
@pytest.mark.parametrize("low", ["boredom", "neutral", "sadness"])
def test_aroused_speech_is_higher_by_a_minor_third_at_least(
    waves: dict[str, list[Wave]], high: str, low: str
) -> None:
    assert mean_pitch(waves[high]) > mean_pitch(waves[low]) + 3 / 12


@pytest.mark.parametrize("wide", ["anger", "happiness"])
@pytest.mark.parametrize("narrow", ["boredom", "sadness"])
def test_anger_and_happiness_have_the_wider_pitch_range(
    waves: dict[str, list[Wave]], wide: str, narrow: str
) -> None:
    assert pitch_range(waves[wide]) > pitch_range(waves[narrow])


@pytest.mark.parametrize("slow", ["boredom", "sadness"])
def test_sadness_and_boredom_are_slower_than_neutral(
    waves: dict[str, list[Wave]], slow: str
) -> None:
    assert duration(waves[slow]) > 1.1 * duration(waves["neutral"])


@pytest.mark.parametrize("fast", ["anger", "fear", "happiness"])
def test_aroused_speech_is_faster_than_sadness(waves: dict[str, list[Wave]], fast: str) -> None:
    assert duration(waves[fast]) < 0.85 * duration(waves["sadness"])


def test_anger_is_louder_than_sadness(waves: dict[str, list[Wave]]) -> None:
    assert level(waves["anger"]) > level(waves["neutral"]) > level(waves["sadness"])


def test_the_spectrum_of_anger_is_flatter_than_that_of_sadness(
    waves: dict[str, list[Wave]],
) -> None:
    order = [brightness(waves[emotion]) for emotion in ("anger", "neutral", "sadness")]
    assert order == sorted(order, reverse=True)


def test_women_speak_higher_than_men_of_the_same_corpus() -> None:
    corpus = Synthetic(sentences=1)
    by_sex: dict[bool, list[Wave]] = {True: [], False: []}
    for recording in corpus.recordings():
        if recording.code == "N":
            by_sex[recording.speaker in corpus.women].append(corpus.waveform(recording))
    assert mean_pitch(by_sex[True]) > mean_pitch(by_sex[False]) + 5 / 12


def test_an_intended_f0_is_heard() -> None:
    voice = Voice("m", 120, 0, 17.5, (1, 1, 1), 1, -2, 0.55, -35, 0.1, 0.5)
    wave = synthesise("lal@mal@", voice, EXPRESSIONS["neutral"], np.random.default_rng(0))
    assert np.median(pitch(wave)) == pytest.approx(120, rel=0.03)


def test_the_vocal_tract_peaks_at_its_formants() -> None:
    formants = np.array([[500.0, 1500, 2500, 3500, 4500]])
    gain = np.abs(vocal_tract(formants, RATE)[0])
    inner = gain[1:-1]
    peaks = np.flatnonzero((inner > gain[:-2]) & (inner > gain[2:])) + 1
    np.testing.assert_allclose(peaks * RATE / 1024, formants[0], atol=70)  # F5: a quarter of 280 Hz


def test_a_filter_that_does_nothing_returns_the_source() -> None:
    source = np.random.default_rng(0).normal(size=128 * 20)
    flat = np.ones((20, 513))
    np.testing.assert_allclose(overlap_add(source, flat)[:-128], source[:-128], atol=1e-12)


def test_an_unknown_phone_is_named() -> None:
    with pytest.raises(ValueError, match="no phone 'q'"):
        segments("aqa", "f")


@pytest.mark.parametrize("emotion", Synthetic.labels)
def test_every_emotion_has_an_expression(emotion: str) -> None:
    assert emotion in EXPRESSIONS


@pytest.mark.parametrize(
    "wrong", [{"speakers": 11}, {"sentences": 0}, {"takes": 27}, {"seed": -1}], ids=str
)
def test_an_argument_out_of_range_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ConfigError, match=f"data.{next(iter(wrong))}="):
        Synthetic(**wrong)  # type: ignore[arg-type] # the values are all integers


def test_interrupted_writing_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []

    def break_off(*arguments: object) -> Wave:
        made.append(arguments)
        if len(made) == 3:
            raise KeyboardInterrupt
        return np.zeros(100)

    monkeypatch.setattr(synthetic, "synthesise", break_off)
    with pytest.raises(KeyboardInterrupt):
        Synthetic(tmp_path / "corpus", 1, 1).utterances()
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == []


def test_two_processes_at_once_both_get_the_corpus(corpus: Synthetic, tmp_path: Path) -> None:
    root = tmp_path / "corpus"
    code = f"from ser.corpora import Synthetic; Synthetic({str(root)!r}, 1, 2).utterances()"
    both = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    assert content(Synthetic(root, 1, 2)) == content(corpus)


def test_a_corpus_is_written_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Synthetic(tmp_path / "corpus", 1, 1).utterances()
    monkeypatch.setattr(Synthetic, "_write", lambda self: pytest.fail("written again"))
    assert len(Synthetic(tmp_path / "corpus", 1, 1).utterances()) == 7


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(CorpusError, match="not empty"):
        Synthetic(tmp_path).utterances()
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_folder_made_with_other_arguments_is_refused(corpus: Synthetic) -> None:
    corpus.utterances()
    with pytest.raises(CorpusError, match="'seed': 5"):
        Synthetic(corpus.root, 1, 2, seed=5).utterances()


def test_every_argument_has_its_own_folder_in_the_cache() -> None:
    variants: list[dict[str, int]] = [{}, {"sentences": 2}, {"speakers": 3}, {"takes": 2}]
    roots = {Synthetic(**v).root for v in [*variants, {"seed": 1}]}  # type: ignore[arg-type] # integers
    assert len(roots) == 5

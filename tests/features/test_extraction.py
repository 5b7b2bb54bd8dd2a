"""Extraction in groups: in order, and to the numbers that each utterance gives by itself."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from torch import Tensor

from ser.corpora.corpus import Utterance
from ser.errors import AudioError
from ser.features import MFCC, FrontEnd, LogMel, RawWaveform, UtteranceStatistics
from ser.features.audio import load
from ser.features.extraction import GROUP, extracted

RATE = 16_000
FRONT_ENDS = {
    "log-mel": LogMel(RATE),
    "mfcc, padded": MFCC(RATE, duration=2.0, pad=True),
    "statistics": UtteranceStatistics(RATE, statistics=["mean", "std"], offset=0.1),
    "samples": RawWaveform(RATE),
}


@pytest.fixture(scope="module")
def utterances(tmp_path_factory: pytest.TempPathFactory) -> list[Utterance]:
    """More than one group, of 0.2 to 3 s each, and one that fills a batch by itself."""
    folder, draw = tmp_path_factory.mktemp("noises"), np.random.default_rng(0)
    seconds = [*draw.uniform(0.2, 3.0, GROUP + 7), 20.0]
    found = []
    for i, length in enumerate(draw.permutation(seconds)):
        path = folder / f"{i:02}.wav"
        soundfile.write(path, draw.normal(0.0, 0.1, round(length * RATE)), RATE)
        found.append(Utterance(path.stem, path, "neutral", "s"))
    return found


@pytest.fixture(params=FRONT_ENDS.values(), ids=FRONT_ENDS.keys())
def front_end(request: pytest.FixtureRequest) -> FrontEnd:
    return request.param


def alone(front_end: FrontEnd, waveform: Tensor) -> np.ndarray:
    """Frames of one utterance, ``(frames, channels)``."""
    return front_end(waveform[None])[0].reshape(front_end.num_features, -1).T.numpy()


def test_every_utterance_gives_in_its_place_what_it_gives_alone(
    front_end: FrontEnd, utterances: list[Utterance]
) -> None:
    found = list(extracted(utterances, front_end))
    for frames, utterance in zip(found, utterances, strict=True):
        expected = alone(front_end, load(utterance.path, RATE))
        np.testing.assert_allclose(frames, expected, atol=1e-4, rtol=1e-5)


def test_a_view_is_of_the_clipped_waveform_and_may_be_of_another_length(
    utterances: list[Utterance],
) -> None:
    front_end = LogMel(RATE, duration=1.0, trim=None, level=None)

    def backwards(waveform: Tensor, utterance: Utterance) -> Tensor:
        return waveform.flip(0)[: len(waveform) - 100 * int(utterance.id)]

    found = list(extracted(utterances, front_end, backwards))
    for frames, utterance in zip(found, utterances, strict=True):
        clip = front_end.clip(load(utterance.path, RATE)[None])[0][0]
        expected = alone(front_end, backwards(clip, utterance))
        np.testing.assert_allclose(frames, expected, atol=1e-4, rtol=1e-5)


def test_extraction_leaves_the_threads_of_torch_alone(utterances: list[Utterance]) -> None:
    before = torch.get_num_threads()
    list(extracted(utterances, LogMel(RATE)))
    assert torch.get_num_threads() == before


def test_each_thread_of_extraction_has_one_core(
    utterances: list[Utterance], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch, "get_num_threads", lambda: 3)
    threads: list[int] = []
    monkeypatch.setattr(torch, "set_num_threads", threads.append)
    assert len(list(extracted(utterances, LogMel(RATE)))) == len(utterances)
    assert set(threads[:-1]) == {1}  # in each thread of the pool
    assert threads[-1] == 3


def test_a_file_that_is_gone_is_named(utterances: list[Utterance], tmp_path: Path) -> None:
    gone = Utterance("gone", tmp_path / "gone.wav", "neutral", "s")
    with pytest.raises(AudioError, match=r"gone\.wav"):
        list(extracted([*utterances, gone], LogMel(RATE)))


def empty(path: Path) -> None:
    path.write_bytes(b"")


def silent(path: Path) -> None:
    soundfile.write(path, np.zeros(1000), RATE)


def text(path: Path) -> None:
    path.write_text("no sound")


def test_all_bad_files_of_a_corpus_are_named_at_once_and_what_each_is(
    utterances: list[Utterance], tmp_path: Path
) -> None:
    spoilt = list(utterances)
    for place, make in {0: silent, GROUP + 2: text, len(utterances) - 1: empty}.items():
        path = tmp_path / f"{make.__name__}.wav"
        make(path)
        spoilt[place] = Utterance(path.stem, path, "neutral", "s")
    with pytest.raises(AudioError) as error:
        list(extracted(spoilt, LogMel(RATE)))
    first, *others = str(error.value).splitlines()
    assert first == f"3 of {len(spoilt)} utterances cannot be used:"
    reasons = ["empty.wav is empty", "silent.wav is digital silence", "text.wav cannot be decoded"]
    assert all(reason in line for reason, line in zip(reasons, others, strict=True))


def test_of_many_bad_files_ten_are_named(tmp_path: Path) -> None:
    gone = [Utterance(f"{i}", tmp_path / f"{i:02}.wav", "neutral", "s") for i in range(90)]
    with pytest.raises(AudioError) as error:
        list(extracted(gone, LogMel(RATE)))
    lines = str(error.value).splitlines()
    assert lines[0].startswith("90 of 90 utterances")
    assert ["09.wav" in lines[10], lines[11]] == [True, "  …"]


def test_bad_file_of_many_utterances_is_named_once(tmp_path: Path) -> None:
    empty(tmp_path / "dialogue.wav")
    turns = [
        Utterance(f"{i}", tmp_path / "dialogue.wav", "neutral", "s", start=i) for i in range(40)
    ]
    with pytest.raises(AudioError) as error:
        list(extracted(turns, LogMel(RATE)))
    assert str(error.value) == f"{tmp_path / 'dialogue.wav'} is empty; get it again."


def test_what_a_front_end_hears_nothing_in_is_refused_as_by_a_predictor(
    utterances: list[Utterance], tmp_path: Path
) -> None:
    path, noise = tmp_path / "turns.wav", np.random.default_rng(0).normal(0, 0.1, RATE)
    soundfile.write(path, np.concatenate([np.zeros(RATE), noise]), RATE)
    short = Utterance("click", path, "neutral", "s", start=1.5, end=1.51)
    late = Utterance("late", path, "neutral", "s")
    with pytest.raises(AudioError) as error:
        list(extracted([*utterances, short, late], LogMel(RATE, trim=None, duration=0.5)))
    first, second = str(error.value).splitlines()[1:]
    assert re.search("click of .* lasts 0.010 s, and LogMel reads windows of 0.064 s", first)
    assert re.search("late of .* 0.5 s from 0.0 s on, is digital silence", second)
    assert all(line.endswith("Or leave it out of the corpus.") for line in (first, second))

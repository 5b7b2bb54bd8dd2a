"""The feature store: built once, keyed by everything that its numbers depend on."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from torch import Tensor

from ser.corpora.corpus import Utterance
from ser.corpora.emodb import EmoDB
from ser.errors import AudioError
from ser.features import MFCC, FrontEnd, UtteranceStatistics, extraction
from ser.features.audio import load
from ser.features.store import Features, content_hashes, extract

RATE = 16000


def mfcc(n_mfcc: int = 8) -> MFCC:
    return MFCC(RATE, n_mfcc=n_mfcc, window=0.032, hop=0.016, n_mels=20, duration=None, pad=False)


def keep(
    utterances: Sequence[Utterance], cache: Path, front_end: FrontEnd | None = None
) -> Features:
    return extract(utterances, front_end or mfcc(), content_hashes(utterances), cache)


def stored(cache: Path) -> list[Path]:
    """Everything in the store but the locks."""
    return sorted(p for p in (cache / "features").iterdir() if p.suffix != ".lock")


@pytest.fixture
def utterances(emodb: EmoDB) -> list[Utterance]:
    return emodb.utterances()[:6]


@pytest.fixture
def own_copy(utterances: list[Utterance], tmp_path: Path) -> list[Utterance]:
    """Give utterances whose files a test may change."""
    (tmp_path / "wav").mkdir()
    for utterance in utterances:
        shutil.copy(utterance.path, tmp_path / "wav")
    return EmoDB(tmp_path).utterances()


def test_second_extraction_decodes_nothing(
    utterances: list[Utterance], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = keep(utterances, tmp_path)

    def refuse(*_: object) -> Tensor:
        raise AssertionError("decoded again")

    monkeypatch.setattr(extraction, "load_utterance", refuse)
    assert torch.equal(keep(utterances, tmp_path).values, first.values)


def test_changed_audio_is_extracted_anew(own_copy: list[Utterance], tmp_path: Path) -> None:
    before = keep(own_copy, tmp_path)
    samples, rate = soundfile.read(own_copy[0].path)
    soundfile.write(own_copy[0].path, samples[::-1], rate)
    assert not torch.equal(keep(own_copy, tmp_path).values, before.values)


def test_moved_audio_is_not_extracted_anew(
    utterances: list[Utterance], own_copy: list[Utterance], tmp_path: Path
) -> None:
    for same in (utterances, own_copy):
        keep(same, tmp_path)
    assert len(stored(tmp_path)) == 1


def test_changed_front_end_setting_is_extracted_anew(
    utterances: list[Utterance], tmp_path: Path
) -> None:
    channels = [keep(utterances, tmp_path, mfcc(n)).values.shape[1] for n in (8, 9)]
    assert channels == [8, 9]


def test_changed_front_end_version_is_extracted_anew(
    utterances: list[Utterance], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(utterances, tmp_path)
    monkeypatch.setattr(MFCC, "version", MFCC.version + 1)
    keep(utterances, tmp_path)
    assert len(stored(tmp_path)) == 2


def test_view_is_kept_beside_the_original(utterances: list[Utterance], tmp_path: Path) -> None:
    hashes = content_hashes(utterances)
    original = extract(utterances, mfcc(), hashes, tmp_path)
    halved = extract(
        utterances, mfcc(), hashes, tmp_path, view=lambda wave, _: wave / 2, view_name="halved"
    )
    # Half the amplitude is 6.02 dB less in each of 20 bands, so sqrt(20) times that in c0.
    drop = (original.values - halved.values)[:, 0].numpy()
    np.testing.assert_allclose(drop, 20 * np.log10(2) * np.sqrt(20), atol=1e-2)


def test_failure_midway_leaves_nothing(own_copy: list[Utterance], tmp_path: Path) -> None:
    own_copy[3].path.write_bytes(b"no audio")
    with pytest.raises(AudioError, match=own_copy[3].id):
        keep(own_copy, tmp_path)
    assert stored(tmp_path) == []


def test_store_is_built_after_the_cause_of_a_failure_is_mended(
    utterances: list[Utterance], own_copy: list[Utterance], tmp_path: Path
) -> None:
    own_copy[3].path.write_bytes(b"no audio")
    with pytest.raises(AudioError):
        keep(own_copy, tmp_path)
    shutil.copy(utterances[3].path, own_copy[3].path)
    assert len(keep(own_copy, tmp_path)) == len(own_copy)


def test_threads_that_want_it_at_once_build_it_once(
    utterances: list[Utterance], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded = []

    def count(utterance: Utterance, sample_rate: int) -> Tensor:
        decoded.append(utterance.id)
        return load(utterance.path, sample_rate)

    monkeypatch.setattr(extraction, "load_utterance", count)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: keep(utterances, tmp_path).values, range(4)))
    assert sorted(decoded) == [u.id for u in utterances]
    assert all(torch.equal(values, found[0]) for values in found)


def test_batch_equals_the_front_end_and_is_zero_beyond_each_length(
    utterances: list[Utterance], tmp_path: Path
) -> None:
    front_end = mfcc()
    features, lengths = keep(utterances, tmp_path).batch(torch.tensor([4, 0, 2]))
    for row, position in enumerate([4, 0, 2]):
        direct = front_end(load(utterances[position].path, RATE)[None])[0]
        assert lengths[row] == direct.shape[1]
        torch.testing.assert_close(features[row, :, : lengths[row]], direct, atol=1e-3, rtol=1e-5)
        assert features[row, :, lengths[row] :].count_nonzero() == 0


def test_batch_is_as_wide_as_its_longest_utterance(
    utterances: list[Utterance], tmp_path: Path
) -> None:
    features = keep(utterances, tmp_path)
    lengths = features.starts.diff()
    widths = [features.batch(lengths.argsort()[:count])[0].shape[2] for count in (1, len(lengths))]
    assert widths == [lengths.min(), lengths.max()]


def test_batch_of_vectors_has_no_frame_axis(utterances: list[Utterance], tmp_path: Path) -> None:
    front_end = UtteranceStatistics.emodb()
    features, lengths = keep(utterances, tmp_path, front_end).batch(torch.tensor([1, 0]))
    assert features.shape == (2, front_end.num_features)
    assert lengths.tolist() == [1, 1]


def test_moments_equal_numpy(utterances: list[Utterance], tmp_path: Path) -> None:
    features = keep(utterances, tmp_path)
    rows = [4, 1]
    frames = [features.values[features.starts[r] : features.starts[r + 1]] for r in rows]
    expected = np.concatenate([f.numpy() for f in frames]).astype(np.float64)
    mean, std = features.moments(torch.tensor(rows))
    np.testing.assert_allclose(mean.numpy(), expected.mean(0), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(std.numpy(), expected.std(0), rtol=1e-5, atol=1e-5)


def test_joined_parts_give_the_batches_of_each_part(
    utterances: list[Utterance], tmp_path: Path
) -> None:
    parts = [keep(utterances[:2], tmp_path), keep(utterances[2:], tmp_path)]
    joined, lengths = Features.join(parts).batch(torch.arange(6))
    whole, expected = keep(utterances, tmp_path).batch(torch.arange(6))
    assert torch.equal(lengths, expected)
    torch.testing.assert_close(joined, whole)


def test_stretches_of_one_file_are_told_apart(utterances: list[Utterance], tmp_path: Path) -> None:
    path = utterances[0].path
    turns = [Utterance(f"turn{i}", path, "anger", "03", start=i / 10, end=0.3) for i in range(2)]
    lengths = keep(turns, tmp_path).batch(torch.arange(2))[1]
    assert lengths.tolist() == [1 + 4800 // 256, 1 + 3200 // 256]


def test_store_says_which_front_end_made_it(utterances: list[Utterance], tmp_path: Path) -> None:
    front_end = mfcc()
    keep(utterances, tmp_path, front_end)
    written = json.loads((stored(tmp_path)[0] / "front_end.json").read_text())
    assert written == front_end.spec()


def test_without_a_folder_the_store_is_in_the_cache(
    utterances: list[Utterance], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SER_CACHE", str(tmp_path))
    extract(utterances, mfcc(), content_hashes(utterances))
    assert len(stored(tmp_path)) == 1

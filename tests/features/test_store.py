"""The feature store: built once, keyed by everything that its numbers depend on."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from numpy.typing import NDArray
from torch import Tensor

from ser.corpora.corpus import Utterance
from ser.corpora.emodb import EmoDB
from ser.errors import AudioError, ConfigError, StorageError
from ser.features import MFCC, FrontEnd, UtteranceStatistics, build_front_end, extraction
from ser.features import store as store_module
from ser.features.audio import load
from ser.features.collected import Features
from ser.features.store import content_hashes, extract, weights_digest

RATE = 16000
Damage = Callable[[Path], object]
OwnFrontEnd = Callable[..., FrontEnd]


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


def values_of(change: Callable[[NDArray[np.float32]], NDArray[np.float32]]) -> Damage:
    def damage(store: Path) -> None:
        path = store / "values.f32"
        change(np.fromfile(path, np.float32)).astype(np.float32).tofile(path)

    return damage


def starts_of(change: Callable[[NDArray[np.int64]], NDArray[np.int64]]) -> Damage:
    def damage(store: Path) -> None:
        np.save(store / "starts.npy", change(np.load(store / "starts.npy")))

    return damage


def cut(name: str, left: float) -> Damage:
    def damage(store: Path) -> None:
        path = store / name
        os.truncate(path, int(path.stat().st_size * left))

    return damage


def first_is(value: float) -> Damage:
    return values_of(lambda a: np.r_[np.float32(value), a[1:]])


def become_a_file(store: Path) -> None:
    shutil.rmtree(store)
    store.write_text("no folder")


def empty(store: Path) -> None:
    for path in store.iterdir():
        path.unlink()


DAMAGES: dict[str, Damage] = {
    "one bit": values_of(lambda a: (a.view(np.uint32) ^ (np.arange(len(a)) == 7)).view(np.float32)),
    "rows of others": values_of(lambda a: np.roll(a, len(a) // 2)),
    "zeros": values_of(np.zeros_like),
    "half of zeros": values_of(lambda a: np.r_[a[: len(a) // 2], 0 * a[len(a) // 2 :]]),
    "nan": first_is(np.nan),
    "1e30": first_is(1e30),
    "cut in half": cut("values.f32", 0.5),
    "cut by bytes": lambda store: os.truncate(store / "values.f32", 1001),
    "empty": cut("values.f32", 0),
    "twice": values_of(lambda a: np.r_[a, a]),
    "no values": lambda store: (store / "values.f32").unlink(),
    "values a folder": lambda store: [
        (store / "values.f32").unlink(),
        (store / "values.f32").mkdir(),
    ],
    "no starts": lambda store: (store / "starts.npy").unlink(),
    "starts cut": cut("starts.npy", 0.5),
    "starts empty": cut("starts.npy", 0),
    "starts reversed": starts_of(lambda s: s[::-1].copy()),
    "starts shifted": starts_of(lambda s: np.r_[s[:1], s[1:-1] + 3, s[-1:]]),
    "starts beyond the end": starts_of(lambda s: s * 2),
    "one utterance fewer": starts_of(lambda s: np.delete(s, 3)),
    "no front end": lambda store: (store / "front_end.json").unlink(),
    "other front end": lambda store: (store / "front_end.json").write_text("{}"),
    "no seal": lambda store: (store / "seal.json").unlink(),
    "seal cut": cut("seal.json", 0.5),
    "seal of nothing": lambda store: (store / "seal.json").write_text("{}"),
    "seal a number": lambda store: (store / "seal.json").write_text("3"),
    "no file": empty,
    "no folder": become_a_file,
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_store_is_named_and_extracted_again(
    name: str, utterances: list[Utterance], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = keep(utterances[:4], tmp_path).values.clone()
    (store,) = stored(tmp_path)
    DAMAGES[name](store)
    after = keep(utterances[:4], tmp_path)
    assert torch.equal(after.values, before)
    assert str(store) in caplog.text
    assert stored(tmp_path) == [store]
    caplog.clear()
    keep(utterances[:4], tmp_path)
    assert not caplog.text


def test_the_store_of_other_utterances_is_not_taken_for_theirs(
    utterances: list[Utterance], tmp_path: Path
) -> None:
    before = keep(utterances[:3], tmp_path).values.clone()
    (first,) = stored(tmp_path)
    keep(utterances[3:], tmp_path)
    (second,) = set(stored(tmp_path)) - {first}
    shutil.rmtree(first)
    shutil.copytree(second, first)
    assert torch.equal(keep(utterances[:3], tmp_path).values, before)


def test_drafts_of_a_killed_process_are_removed(
    utterances: list[Utterance], tmp_path: Path
) -> None:
    (tmp_path / "features" / ".0123-abcd1234").mkdir(parents=True)
    keep(utterances, tmp_path)
    assert not [path for path in stored(tmp_path) if path.name.startswith(".")]


def test_a_store_that_is_whole_needs_no_lock(
    utterances: list[Utterance], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(utterances, tmp_path)

    def refuse(path: Path) -> None:
        raise AssertionError(f"{path} locked, on a disk that may be read-only")

    monkeypatch.setattr(store_module, "locked", refuse)
    assert len(keep(utterances, tmp_path)) == len(utterances)


def test_a_lock_that_cannot_be_taken_is_named(utterances: list[Utterance], tmp_path: Path) -> None:
    keep(utterances, tmp_path)
    (store,) = stored(tmp_path)
    shutil.rmtree(store)
    store.with_suffix(".lock").unlink(missing_ok=True)
    store.with_suffix(".lock").mkdir()
    with pytest.raises(StorageError, match=r"\.lock cannot .*data\.cache"):
        keep(utterances, tmp_path)


SOURCE = """
import torch
from ser.features import FrontEnd

class MFCC(FrontEnd):
    num_features = 1

    def __init__(self, weight: float = 1.0):
        super().__init__(16000, window=0.032, hop=0.016)
        self.weight = 1.0
        self.register_buffer("gain", torch.tensor(weight))

    def extract(self, waveform, lengths):
        frames = int(self.clipped_frames(lengths).max())
        return self.gain * torch.full((len(waveform), 1, frames), FACTOR)
"""


@pytest.fixture
def own_front_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OwnFrontEnd]:
    """Give a function from source and arguments to a front end of a module of one's own."""

    def make(factor: str = "2.0", weight: float = 1.0) -> FrontEnd:
        (tmp_path / "my_front_end.py").write_text(SOURCE.replace("FACTOR", factor))
        sys.modules.pop("my_front_end", None)
        importlib.invalidate_caches()
        shutil.rmtree(tmp_path / "__pycache__", ignore_errors=True)
        front_end: FrontEnd = importlib.import_module("my_front_end").MFCC(weight)
        return front_end

    monkeypatch.syspath_prepend(tmp_path)
    yield make
    sys.modules.pop("my_front_end", None)


def test_an_edited_front_end_is_extracted_anew(
    own_front_end: OwnFrontEnd, utterances: list[Utterance], tmp_path: Path
) -> None:
    found = [keep(utterances, tmp_path, own_front_end(factor)).values[0] for factor in "245"]
    assert found == [2.0, 4.0, 5.0]


def test_other_weights_are_extracted_anew(
    own_front_end: OwnFrontEnd, utterances: list[Utterance], tmp_path: Path
) -> None:
    found = [keep(utterances, tmp_path, own_front_end("2.0", w)).values[0] for w in (1.0, 3.0)]
    assert found == [2.0, 6.0]


def test_weights_may_be_conjugate_views() -> None:
    digests = []
    for values in (torch.tensor([1j]).conj(), torch.tensor([complex(0, -1)]), torch.tensor([1j])):
        front_end = mfcc()
        front_end.register_buffer("response", values)
        digests.append(weights_digest(front_end))
    assert digests[0] == digests[1] != digests[2]


def test_a_constant_that_is_set_from_outside_is_extracted_anew(
    own_front_end: OwnFrontEnd, utterances: list[Utterance], tmp_path: Path
) -> None:
    front_end, found = own_front_end("FACTOR"), []
    for factor in (2.0, 3.0):
        sys.modules["my_front_end"].__dict__["FACTOR"] = factor
        found.append(keep(utterances, tmp_path, front_end).values[0])
    front_end.gain = 2 * front_end.gain
    found.append(keep(utterances, tmp_path, front_end).values[0])
    assert found == [2.0, 3.0, 6.0]


def test_the_same_front_end_of_ones_own_is_extracted_once(
    own_front_end: OwnFrontEnd, utterances: list[Utterance], tmp_path: Path
) -> None:
    for _ in range(2):
        keep(utterances, tmp_path, own_front_end())
    assert len(stored(tmp_path)) == 1


def test_a_namesake_is_not_taken_for_a_front_end_of_the_package(own_front_end: OwnFrontEnd) -> None:
    with pytest.raises(ConfigError, match=r"my_front_end\.MFCC is not a front end of ser"):
        build_front_end(own_front_end().spec())


@pytest.mark.parametrize("factor", ["float('nan')", "float('inf')"])
def test_features_that_are_not_finite_name_the_utterances(
    factor: str, own_front_end: OwnFrontEnd, utterances: list[Utterance], tmp_path: Path
) -> None:
    with pytest.raises(AudioError, match=f"no finite features of {utterances[0].id}, .*6 of 6"):
        keep(utterances, tmp_path, own_front_end(factor))
    assert stored(tmp_path) == []


@pytest.mark.parametrize("shape", ["[..., :1]", "[:, 0]", ".repeat(1, 2, 1)", "[:1]", ".mT"])
def test_features_of_another_shape_are_refused(
    shape: str, own_front_end: OwnFrontEnd, utterances: list[Utterance], tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=r"MFCC\.extract gives features of shape .* must be"):
        keep(utterances, tmp_path, own_front_end(f"2.0){shape} + (0"))
    assert stored(tmp_path) == []


def test_features_in_double_precision_are_stored_as_single(
    own_front_end: OwnFrontEnd, utterances: list[Utterance], tmp_path: Path
) -> None:
    features = keep(utterances, tmp_path, own_front_end("2.5, dtype=torch.float64"))
    assert features.values.shape[1] == 1
    assert set(features.values.flatten().tolist()) == {2.5}

"""Decoding: every sample format gives the same waveform, every broken file a named error."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile
import torch

from ser.corpora.corpus import Utterance
from ser.errors import AudioError
from ser.features import audio
from ser.features.audio import load, load_utterance

RATE = 16000
PITCH = 440  # Hz


def tone(rate: int = RATE, seconds: float = 0.5, pitch: float = PITCH) -> npt.NDArray[np.float64]:
    return 0.5 * np.sin(2 * np.pi * pitch * np.arange(int(seconds * rate)) / rate)


def write(path: Path, samples: npt.ArrayLike, rate: int = RATE, subtype: str = "PCM_16") -> Path:
    soundfile.write(path, np.asarray(samples), rate, subtype=subtype)
    return path


def truncated(path: Path) -> None:
    whole = write(path, tone()).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def cut_in_the_header(path: Path) -> None:
    path.write_bytes(write(path, tone()).read_bytes()[:20])


def header_alone(path: Path) -> None:
    write(path, np.zeros(0))


def empty(path: Path) -> None:
    path.write_bytes(b"")


def text(path: Path) -> None:
    path.write_text("this is not audio\n" * 50)


def missing(path: Path) -> None:
    path.unlink(missing_ok=True)


def folder(path: Path) -> None:
    path.mkdir()


def silent(path: Path) -> None:
    write(path, np.zeros(1000))


def not_a_number(path: Path) -> None:
    samples = tone()
    samples[100] = np.nan
    write(path, samples, subtype="FLOAT")


def infinite(path: Path) -> None:
    samples = tone()
    samples[100] = np.inf
    write(path, samples, subtype="FLOAT")


def pipe(path: Path) -> None:
    os.mkfifo(path)


def below_a_file(path: Path) -> None:
    path.write_text("a file where a folder should be")


def pointer(path: Path) -> None:
    path.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 46044\n")


def of_macos(path: Path) -> None:
    path.write_bytes(b"\0\x05\x16\x07\0\x02\0\0Mac OS X" + bytes(50))


def web_page(path: Path) -> None:
    path.write_text("<!DOCTYPE html><title>404</title>")


def mp4(path: Path) -> None:
    path.write_bytes(b"\0\0\0\x20ftypM4A " + bytes(50))


def constant(path: Path) -> None:
    write(path, np.full(1000, 0.25))


def opposite_channels(path: Path) -> None:
    write(path, np.stack([tone(), -tone()], axis=1), subtype="FLOAT")


def one_sample(path: Path) -> None:
    write(path, np.full(1, 0.5))


def four_milliseconds(path: Path) -> None:
    write(path, tone(seconds=0.004))


def in_numbers_of_16_bits(path: Path) -> None:
    write(path, 20000 * tone(), subtype="FLOAT")


def in_numbers_of_8_bits(path: Path) -> None:
    write(path, 200 * tone(), subtype="FLOAT")


def absurd(path: Path) -> None:
    write(path, 1e30 * tone(), subtype="FLOAT")


def with_rate(rate: int) -> Callable[[Path], None]:
    def broken(path: Path) -> None:
        data = bytearray(write(path, tone()).read_bytes())
        data[24:28] = struct.pack("<I", rate)
        path.write_bytes(data)

    broken.__name__ = f"rate_{rate}"
    return broken


BROKEN = {
    truncated: "truncated",
    cut_in_the_header: "truncated",
    header_alone: "no samples",
    empty: "is empty",
    text: "cannot be decoded .*If a player plays it, convert it",
    missing: "does not exist",
    folder: "is a folder",
    pipe: "is a pipe or device",
    pointer: "not audio but a pointer of git-lfs; fetch the audio: git lfs pull",
    of_macos: "not audio but a file of macOS",
    web_page: "not audio but a web page",
    mp4: "is MP4 .*convert it to WAV",
    silent: "silence",
    constant: "never moves from",
    opposite_channels: "silent when its 2 channels are mixed",
    one_sample: r"lasts 0.062 ms \(1 sample\)",
    four_milliseconds: "lasts 4 ms",
    in_numbers_of_16_bits: "up to 10000, and full scale is 1: .* numbers of 16-bit audio",
    in_numbers_of_8_bits: "numbers of 8-bit audio",
    absurd: r"up to 5e\+29, and full scale is 1\. Export",
    with_rate(0): "cannot be decoded",
    with_rate(1): "has 1 samples a second",
    with_rate(10**7): "has 10000000 samples a second",
    not_a_number: "not finite",
    infinite: "not finite",
}


@pytest.mark.parametrize("kind", BROKEN, ids=lambda kind: kind.__name__)
def test_error_names_the_broken_file_and_what_is_wrong(kind, tmp_path: Path) -> None:
    path = tmp_path / "03a01Fa.wav"
    kind(path)
    with pytest.raises(AudioError, match=BROKEN[kind]) as error:
        load(path, RATE)
    assert str(path) in str(error.value)


def test_name_below_a_file_does_not_exist(tmp_path: Path) -> None:
    below_a_file(tmp_path / "folder")
    with pytest.raises(AudioError, match="does not exist"):
        load(tmp_path / "folder" / "a.wav", RATE)


@pytest.mark.parametrize("name", ["a\0b.wav", f"{'a' * 300}.wav"])
def test_name_that_no_file_can_have_is_an_error(name: str, tmp_path: Path) -> None:
    with pytest.raises(AudioError, match=r"does not exist|cannot be read"):
        load(tmp_path / name, RATE)


def test_file_that_may_not_be_read_is_named_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: object) -> None:
        raise PermissionError(13, "Permission denied")  # which root never sees

    path = write(tmp_path / "tone.wav", tone())
    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(AudioError, match=r"tone\.wav cannot be read \(Permission denied\)"):
        load(path, RATE)


@pytest.mark.parametrize("name", [b"\xff\xfe.wav", "ä ö=ü'\"#,.wav".encode()])
def test_name_of_odd_bytes_is_a_name(name: bytes, tmp_path: Path) -> None:
    plain = write(tmp_path / "tone.wav", tone())
    odd = tmp_path / os.fsdecode(name)
    odd.write_bytes(plain.read_bytes())
    torch.testing.assert_close(load(odd, RATE), load(plain, RATE))


def test_float_file_may_be_a_little_louder_than_full_scale(tmp_path: Path) -> None:
    waveform = load(write(tmp_path / "loud.wav", 4 * tone(), subtype="FLOAT"), RATE)
    np.testing.assert_allclose(waveform.numpy(), 4 * tone(), atol=1e-6)


def test_file_of_more_samples_than_are_read_at_once_is_read_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "tone.wav", np.stack([tone(), tone()], axis=1))
    whole = load(path, RATE)
    for block in (1000, 1600, 2000):  # with and without a rest
        monkeypatch.setattr("ser.features.decoding.BLOCK", block)
        torch.testing.assert_close(load(path, RATE), whole, rtol=0, atol=0)


@pytest.mark.parametrize(
    ("subtype", "tolerance"),
    [
        ("PCM_U8", 2**-7),  # one step of each format
        ("PCM_16", 2**-15),
        ("PCM_24", 2**-23),
        ("PCM_32", 2**-23),  # of float32
        ("FLOAT", 2**-23),
        ("DOUBLE", 2**-23),
    ],
)
def test_sample_format_changes_the_waveform_by_its_rounding_alone(
    subtype: str, tolerance: float, tmp_path: Path
) -> None:
    waveform = load(write(tmp_path / "tone.wav", tone(), subtype=subtype), RATE)
    np.testing.assert_allclose(waveform.numpy(), tone(), atol=tolerance, rtol=0)


def test_sixteen_bits_are_the_numbers_of_libsndfile(tmp_path: Path) -> None:
    samples = np.arange(-(2**15), 2**15, dtype=np.int16)
    path = write(tmp_path / "every.wav", samples)
    expected, _ = soundfile.read(path, dtype="float32")
    np.testing.assert_array_equal(load(path, RATE).numpy(), expected)


def test_waveform_is_a_vector_of_float32(tmp_path: Path) -> None:
    waveform = load(write(tmp_path / "tone.wav", tone()), RATE)
    assert (waveform.dtype, waveform.shape) == (torch.float32, (RATE // 2,))


def test_channels_are_averaged(tmp_path: Path) -> None:
    stereo = np.stack([tone(), 0.5 * tone()], axis=1)
    waveform = load(write(tmp_path / "stereo.wav", stereo, subtype="FLOAT"), RATE)
    np.testing.assert_allclose(waveform.numpy(), 0.75 * tone(), atol=1e-6)


@pytest.mark.parametrize("rate", [8000, 22050, 44100, 48000])
def test_tone_of_another_rate_is_the_same_tone_at_16_khz(rate: int, tmp_path: Path) -> None:
    waveform = load(write(tmp_path / "tone.wav", tone(rate), rate, "FLOAT"), RATE)
    assert abs(len(waveform) - RATE // 2) <= 1
    inner = slice(800, 7200)  # 50 ms from the edges, where the filter has settled
    np.testing.assert_allclose(waveform.numpy()[inner], tone()[inner], atol=2e-3)


def test_resampling_removes_what_16_khz_cannot_hold(tmp_path: Path) -> None:
    path = write(tmp_path / "tone.wav", tone(48000) + tone(48000, pitch=11000), 48000, "FLOAT")
    power = np.abs(np.fft.rfft(load(path, RATE).numpy() * np.hanning(RATE // 2))) ** 2
    alias = RATE - 11000  # Hz, where an unfiltered decimation would put the second tone
    bins = [round(pitch * 0.5) for pitch in (alias, PITCH)]  # of 2 Hz
    assert 10 * np.log10(power[bins[0]] / power[bins[1]]) < -60  # dB


def test_start_and_end_cut_in_seconds(tmp_path: Path) -> None:
    path = write(tmp_path / "tone.wav", tone(), subtype="FLOAT")
    np.testing.assert_allclose(
        load(path, RATE, start=0.1, end=0.3).numpy(), tone()[1600:4800], atol=1e-6
    )


def test_start_and_end_are_seconds_of_the_file_whatever_its_rate(tmp_path: Path) -> None:
    path = write(tmp_path / "tone.wav", tone(48000), 48000)
    assert len(load(path, RATE, start=0.1, end=0.3)) == 3200


def test_end_beyond_the_file_reads_to_its_end(tmp_path: Path) -> None:
    path = write(tmp_path / "tone.wav", tone())
    for end in (9.0, float("inf")):
        assert len(load(path, RATE, start=0.4, end=end)) == 1600


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (0.5, None),
        (0.3, 0.3),
        (0.3, 0.2),
        (9.0, None),
        (-1.0, None),
        (float("nan"), None),
        (0.0, float("nan")),
        (0.0, -1.0),
        (float("inf"), None),
    ],
)
def test_stretch_without_samples_is_an_error_that_names_the_file(
    start: float, end: float | None, tmp_path: Path
) -> None:
    path = write(tmp_path / "tone.wav", tone())
    with pytest.raises(AudioError, match=r"tone\.wav holds no samples between"):
        load(path, RATE, start, end)


def test_utterance_is_the_stretch_that_it_covers(tmp_path: Path) -> None:
    path = write(tmp_path / "dialogue.wav", tone())
    utterance = Utterance("turn", path, "anger", "03", start=0.1, end=0.2)
    torch.testing.assert_close(load_utterance(utterance, RATE), load(path, RATE)[1600:3200])


def test_streamed_wav_of_unknown_size_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "streamed.wav", tone())
    data = bytearray(path.read_bytes())
    data[4:8] = data[40:44] = b"\xff" * 4
    path.write_bytes(data)
    assert len(load(path, RATE)) == RATE // 2


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.ogg", "a.mp3", "a.aiff"])
@pytest.mark.parametrize("channels", [1, 2])
def test_blocks_are_the_parts_of_what_is_decoded_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, channels: int
) -> None:
    monkeypatch.setattr(audio, "BLOCK", 0.13)
    samples = np.stack([tone(44_100), tone(44_100, pitch=300)][:channels], axis=1)
    soundfile.write(tmp_path / name, samples, 44_100)
    parts, rate = audio.blocks(tmp_path / name)
    found = list(parts)
    whole, _ = audio.decode(tmp_path / name)
    assert rate == 44_100
    assert max(part.shape[1] for part in found) == round(0.13 * 44_100)
    torch.testing.assert_close(torch.cat(found, dim=1), whole)


@pytest.mark.parametrize("damage", [truncated, cut_in_the_header])
def test_blocks_of_a_broken_file_end_with_its_name(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    damage(tmp_path / "a.wav")
    with pytest.raises(AudioError, match=r"a\.wav"):
        list(audio.blocks(tmp_path / "a.wav")[0])


def test_a_stretch_that_is_too_short_is_named_in_the_place_of_its_file(tmp_path: Path) -> None:
    path = tmp_path / "03a01Fa.wav"
    soundfile.write(path, np.sin(np.arange(RATE)), RATE)
    with pytest.raises(AudioError, match=r"stretch from 0\.1 s to 0\.101 s of .*correct start"):
        load(path, RATE, 0.1, 0.101)
    with pytest.raises(AudioError, match=r"stretch from 0\.999 s on of .*correct start and end"):
        load(path, RATE, 0.999)

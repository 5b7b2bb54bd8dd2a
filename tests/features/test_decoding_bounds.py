"""What a file says of its size is not believed, and what it makes of our time is bounded."""

from __future__ import annotations

import io
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from ser.corpora import Utterance
from ser.errors import AudioError
from ser.features import decoding
from ser.features.audio import load, load_utterance
from ser.features.containers import CutError, chunks, flac, inspect, mpeg
from ser.features.decoding import decode, duration_of

RATE = 16_000
NOISE = 0.1 * np.random.default_rng(0).standard_normal(RATE)


def encoded(container: str, **options: object) -> bytearray:
    file = io.BytesIO()
    soundfile.write(file, NOISE, RATE, format=container, **options)
    return bytearray(file.getvalue())


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def with_chunks(count: int) -> bytes:
    wav = encoded("WAV")
    return bytes(wav[:36]) + b"JUNK\0\0\0\0" * count + bytes(wav[36:])


def mp3_in_wav() -> bytes:
    """Layer III in the chunks of a WAV, as telephone recorders write it; one frame has a count."""
    sound = bytes(encoded("MP3"))
    form = struct.pack("<HHIIHHHHIHHH", 0x55, 1, RATE, 4000, 1, 0, 12, 1, 2, 288, 1, 1393)
    fact = b"fact" + struct.pack("<II", 4, len(NOISE) + 1834)
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form + fact
    body += b"data" + struct.pack("<I", len(sound)) + sound
    return b"RIFF" + struct.pack("<I", len(body)) + body


def flac_of(total: int) -> bytearray:
    content = encoded("FLAC")
    content[21] = content[21] & 0xF0 | total >> 32
    content[22:26] = (total & 0xFFFFFFFF).to_bytes(4, "big")
    return content


def test_flac_that_claims_more_than_any_memory_holds_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match=r"lasts more than 9\.3 hours .*cut it into utterances"):
        decode(written(tmp_path / "a.flac", flac_of(2**36 - 1)), 0, None)


def test_stretch_of_a_long_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "MOST", RATE // 2)
    path = written(tmp_path / "a.wav", encoded("WAV"))
    assert len(decode(path, 0.25, 0.5)[0]) == RATE // 4
    with pytest.raises(AudioError, match="lasts more than"):
        decode(path, 0.25, None)


def test_utterance_of_hours_is_refused_and_its_stretches_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ser.features.audio.LONGEST", 0.5)
    path = written(tmp_path / "a.wav", encoded("WAV"))
    whole = Utterance("a", path, "anger", "03")
    with pytest.raises(AudioError, match=r"lasts more than .* hours .*start and end in a table"):
        load_utterance(whole, RATE)
    assert len(load_utterance(replace(whole, start=0.25, end=0.5), RATE)) == RATE // 4
    assert len(load(path, RATE)) == RATE  # a file alone may be as long as memory allows


def test_sound_without_a_count_is_bounded_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoding, "MOST", RATE // 2)
    with pytest.raises(AudioError, match="lasts more than"):
        decode(written(tmp_path / "a.flac", flac_of(0)), 0, None)


def test_large_file_without_a_length_is_not_copied_into_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = encoded("WAV")
    content[40:44] = b"\xff" * 4
    monkeypatch.setattr(decoding, "MOST", RATE)
    with pytest.raises(AudioError, match="does not say how much of them is sound"):
        decode(written(tmp_path / "a.wav", content), 0, None)


def test_mp3_in_a_wav_is_whole_though_a_decoder_swallows_its_first_samples(tmp_path: Path) -> None:
    samples, rate = decode(written(tmp_path / "a.wav", mp3_in_wav()), 0, None)
    assert (rate, len(samples) // 1000) == (RATE, len(NOISE) // 1000)


def test_how_long_a_file_lasts_whose_frames_nobody_counted_is_not_guessed(tmp_path: Path) -> None:
    assert duration_of(written(tmp_path / "a.wav", mp3_in_wav())) is None
    assert duration_of(written(tmp_path / "b.wav", encoded("WAV"))) == 1.0


def test_mp3_in_a_wav_that_was_cut_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="truncated"):
        decode(written(tmp_path / "a.wav", mp3_in_wav()[:-200]), 0, None)


@pytest.mark.parametrize("tag", [b"ID3\x03\0\0\0\0\0\x10", b"ID3\x03\0\0\x7f\x7f\x7f\x7f"])
def test_tag_without_sound_is_no_mp3(tag: bytes, tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="holds no frame of sound"):
        decode(written(tmp_path / "a.mp3", tag + bytes(100)), 0, None)


def looks(monkeypatch: pytest.MonkeyPatch, module: object, name: str) -> list[object]:
    """Count the calls of a function of a module."""
    seen: list[object] = []
    plain = getattr(module, name)
    monkeypatch.setattr(module, name, lambda *given: (seen.append(given), plain(*given))[1])
    return seen


def test_bytes_that_look_like_frames_of_mp3_are_tried_so_often_and_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mpeg, "STRAYS", 100)
    seen = looks(monkeypatch, mpeg, "_length")
    content = bytes(encoded("MP3")) + b"\xff" * 50_000
    inspect(io.BytesIO(content), len(content))
    assert len(seen) < 1_000


def test_end_of_a_flac_is_read_once_whatever_it_looks_like(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = looks(monkeypatch, flac, "_times")
    content = bytes(flac_of(0)) + b"\xff\xf8" * 5_000
    inspect_fails(content, "last frame is not whole")
    assert len(seen) <= len(content)


def test_chunks_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    content = with_chunks(50)
    assert inspect(io.BytesIO(content), len(content)) == []
    monkeypatch.setattr(chunks, "MOST", 20)
    inspect_fails(content, "ends before its sound begins")


def inspect_fails(content: bytes, reason: str) -> None:
    with pytest.raises(CutError, match=reason):
        inspect(io.BytesIO(content), len(content))

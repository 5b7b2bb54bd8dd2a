"""Every container that libsndfile writes: whole, cut, and with sizes that streaming leaves open."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from ser.errors import AudioError
from ser.features.containers import inspect
from ser.features.containers.extent import CutError, Extent
from ser.features.decoding import decode, duration_of

RATE = 8000
FRAMES = 4000
TIME = np.arange(FRAMES) / RATE
SIGNAL = 0.4 * np.sin(2 * np.pi * 440 * TIME) * (0.5 + TIME) + 0.1 * np.sin(2 * np.pi * 700 * TIME)
UNWRITABLE = {
    ("AIFF", "DWVW_12"),
    ("MP3", "MPEG_LAYER_I"),
    ("MP3", "MPEG_LAYER_II"),
    ("WAV", "MPEG_LAYER_III"),
}
FORMATS = [
    (container, subtype)
    for container in soundfile.available_formats()
    for subtype in soundfile.available_subtypes(container)
    if container != "RAW" and (container, subtype) not in UNWRITABLE
]
# Least correlation with what was written, for codecs that lose much; 0.999 for the others.
LOSSY = {"G723_24": 0.9, "NMS_ADPCM_16": 0.9, "GSM610": 0.9, "OPUS": 0.9}
SIZELESS = {"SD2", "XI", "PAF", "PVF", "IRCAM"}  # nothing shows that frames are missing


def written(
    folder: Path,
    container: str,
    subtype: str,
    signal: np.ndarray = SIGNAL,
    order: str = "FILE",
) -> Path:
    path = folder / f"{container}-{subtype}.{'sd2' if container == 'SD2' else 'audio'}"
    soundfile.write(path, signal, RATE, subtype, order, container)
    return path


def cut(path: Path, size: int) -> Path:
    path.write_bytes(path.read_bytes()[:size])
    return path


def samples_of(path: Path) -> np.ndarray:
    return decode(path, 0.0, None)[0]


@pytest.mark.parametrize(("container", "subtype"), FORMATS)
def test_whole_file_gives_the_samples_that_were_written_and_stretches_of_them(
    container: str, subtype: str, tmp_path: Path
) -> None:
    path = written(tmp_path, container, subtype)
    found, rate = decode(path, 0.0, None)
    assert 0 <= len(found) - FRAMES < 512  # codecs fill their last block
    assert np.corrcoef(found[:FRAMES, 0], SIGNAL)[0, 1] > LOSSY.get(subtype, 0.99)
    begin, end = round(0.02 * rate), round(0.08 * rate)
    np.testing.assert_allclose(decode(path, 0.02, 0.08)[0], found[begin:end], atol=1e-4)


@pytest.mark.parametrize(
    ("container", "subtype"), [pair for pair in FORMATS if pair[0] not in SIZELESS]
)
def test_cut_file_is_refused(container: str, subtype: str, tmp_path: Path) -> None:
    path = written(tmp_path, container, subtype)
    # libsndfile knows an HTK file by its length alone
    reason = "decoded" if container == "HTK" else "truncated|decoded"
    for size in (path.stat().st_size * np.array([0.98, 0.9, 0.5, 0.1])).astype(int):
        with pytest.raises(AudioError, match=reason):
            samples_of(cut(path, size))


@pytest.mark.parametrize("container", ["WAV", "AIFF", "AU", "CAF", "W64", "RF64", "NIST", "FLAC"])
def test_error_of_a_cut_file_says_that_it_is_truncated(container: str, tmp_path: Path) -> None:
    path = written(tmp_path, container, "PCM_16")
    with pytest.raises(AudioError, match=f"{path.name} is truncated"):
        samples_of(cut(path, 3 * path.stat().st_size // 4))


def test_error_of_a_cut_file_says_how_much_is_there(tmp_path: Path) -> None:
    path = written(tmp_path, "WAV", "PCM_16")
    with pytest.raises(AudioError, match="4000 of 8000 bytes of sound"):
        samples_of(cut(path, path.stat().st_size - 4000))


@pytest.mark.parametrize("order", ["LITTLE", "BIG"])
@pytest.mark.parametrize(
    ("container", "subtype"), [("IRCAM", "FLOAT"), ("PVF", "PCM_16"), ("PAF", "PCM_24")]
)
def test_broken_frame_shows_a_cut_where_no_size_does(
    container: str, subtype: str, order: str, tmp_path: Path
) -> None:
    path = written(tmp_path, container, subtype, order=order)
    with pytest.raises(AudioError, match="truncated"):
        samples_of(cut(path, path.stat().st_size - 1))


def long_signal() -> np.ndarray:
    return np.random.default_rng(0).normal(0, 0.1, 8 * RATE)


@pytest.mark.parametrize("subtype", ["VORBIS", "OPUS"])
def test_ogg_that_ends_after_a_whole_page_is_not_whole(subtype: str, tmp_path: Path) -> None:
    path = written(tmp_path, "OGG", subtype, long_signal())
    assert len(samples_of(path)) == 8 * RATE
    last_page = path.read_bytes().rindex(b"OggS\0")
    with pytest.raises(AudioError, match="does not say that the sound ends there"):
        samples_of(cut(path, last_page))


def test_ogg_of_several_pages_cut_within_one_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "OGG", "VORBIS", long_signal())
    last_page = path.read_bytes().rindex(b"OggS\0")
    with pytest.raises(AudioError, match="last page is not whole"):
        samples_of(cut(path, last_page - 100))


@pytest.mark.parametrize("subtype", ["VORBIS", "OPUS"])
def test_streams_after_one_another_are_refused_instead_of_read_in_part(
    subtype: str, tmp_path: Path
) -> None:
    path = written(tmp_path, "OGG", subtype)
    path.write_bytes(path.read_bytes() * 2)
    with pytest.raises(AudioError, match="several streams after one another"):
        samples_of(path)


def test_mp3_that_counts_too_few_frames_is_read_to_its_end(tmp_path: Path) -> None:
    path = written(tmp_path, "MP3", "MPEG_LAYER_III", long_signal())
    path.write_bytes(path.read_bytes() * 2)
    assert 0 <= len(samples_of(path)) - 16 * RATE < 4000  # delay and padding are in the middle


def uncounted_mp3(folder: Path) -> Path:
    """Without the first frame, which holds the count; frames of noise after silence grow."""
    signal = long_signal() * np.repeat([0.001, 1.0], 4 * RATE)
    path = written(folder, "MP3", "MPEG_LAYER_III", signal)
    data = path.read_bytes()
    path.write_bytes(data[data.index(data[:2], 4) :])
    return path


def test_mp3_without_a_count_is_read_to_its_end(tmp_path: Path) -> None:
    found = samples_of(uncounted_mp3(tmp_path))
    assert 0 <= len(found) - 8 * RATE < 4000  # delay and padding of the encoder are not known now
    assert np.abs(found[-2 * RATE : -RATE]).max() > 0.1


def test_tags_around_an_mp3_without_a_count_are_no_frames(tmp_path: Path) -> None:
    path = uncounted_mp3(tmp_path)
    plain = samples_of(path)
    path.write_bytes(
        b"ID3\x04\0\0\0\0\x02\0" + bytes(256) + path.read_bytes() + b"TAG" + bytes(125)
    )
    np.testing.assert_array_equal(samples_of(path), plain)


def test_mp3_without_a_count_is_refused_when_its_last_frame_is_cut(tmp_path: Path) -> None:
    path = uncounted_mp3(tmp_path)
    with pytest.raises(AudioError, match="last frame is not whole"):
        samples_of(cut(path, path.stat().st_size - 10))


def test_mp3_with_a_count_is_refused_wherever_it_is_cut(tmp_path: Path) -> None:
    path = written(tmp_path, "MP3", "MPEG_LAYER_III", long_signal())
    data = path.read_bytes()
    frames = [at for at in range(4, len(data)) if data.startswith(data[:2], at)]
    for at in frames[:: len(frames) // 10]:
        path.write_bytes(data)
        with pytest.raises(AudioError, match=path.name):
            samples_of(cut(path, at))


def test_flac_without_a_count_is_read_to_its_end(tmp_path: Path) -> None:
    path = uncounted_flac(tmp_path)
    np.testing.assert_allclose(samples_of(path)[:, 0], long_signal(), atol=2**-15)
    assert len(decode(path, 0.5, 0.75)[0]) == RATE // 4


def test_flac_without_a_count_is_refused_when_its_last_frame_is_cut(tmp_path: Path) -> None:
    path = uncounted_flac(tmp_path)
    with pytest.raises(AudioError, match="truncated: its last frame is not whole"):
        samples_of(cut(path, path.stat().st_size - 10))


def test_stretch_beyond_a_flac_without_a_count_has_no_samples(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="no samples between 9"):
        decode(uncounted_flac(tmp_path), 9.0, None)


ID3V2, ID3V1 = b"ID3\3\0\0\0\0\0\x0a" + bytes(10), b"TAG" + bytes(125)


def test_tags_around_a_flac_without_a_count_change_nothing(tmp_path: Path) -> None:
    path = uncounted_flac(tmp_path)
    data, plain = path.read_bytes(), samples_of(path)
    for before, after in ((ID3V2, b""), (b"", ID3V1), (ID3V2, ID3V1)):
        path.write_bytes(before + data + after)
        np.testing.assert_array_equal(samples_of(path), plain)
    path.write_bytes(ID3V2 + data[:-500])
    with pytest.raises(AudioError, match="truncated: its last frame is not whole"):
        samples_of(path)


@pytest.mark.parametrize("subtype", ["PCM_S8", "PCM_16", "PCM_24"])
@pytest.mark.parametrize("claimed", [1, 4096, 20_000])
def test_flac_that_counts_too_few_samples_is_read_whole(
    claimed: int, subtype: str, tmp_path: Path
) -> None:
    path = written(tmp_path, "FLAC", subtype, long_signal())
    whole = samples_of(path)
    np.testing.assert_array_equal(samples_of(counting(path, claimed)), whole)
    assert duration_of(path) == len(long_signal()) / RATE


def test_flac_that_counts_right_is_not_copied(tmp_path: Path) -> None:
    data = written(tmp_path, "FLAC", "PCM_16", long_signal()).read_bytes()
    assert inspect(io.BytesIO(data), len(data)) == []
    assert inspect(io.BytesIO(data + b"TAG" + bytes(125)), len(data) + 128) == []


def uncounted_flac(folder: Path) -> Path:
    return counting(written(folder, "FLAC", "PCM_16", long_signal()), 0)


def counting(path: Path, samples: int) -> Path:
    """Let the header of a FLAC count other samples than there are."""
    data = bytearray(path.read_bytes())
    data[21] &= 0xF0
    data[22:26] = samples.to_bytes(4, "big")
    path.write_bytes(data)
    return path


def field_of(name: bytes, code: str) -> Callable[[bytes, int], bytes]:
    """How to write a size into the field of a chunk, and into that of the container."""

    def change(data: bytes, value: int) -> bytes:
        mask, width = 256 ** struct.calcsize(code) - 1, struct.calcsize(code)
        at, changed = data.index(name) + len(name), bytearray(data)
        changed[at : at + width] = struct.pack(code, value & mask)
        if data[:4] in {b"RIFF", b"FORM"}:
            changed[4:8] = struct.pack(code, value & mask)
        return bytes(changed)

    return change


W64_DATA = b"data\xf3\xac\xd3\x11\x8c\xd1\x00\xc0\x4f\x8e\xdb\x8a"
FIELDS = {
    "WAV": field_of(b"data", "<I"),
    "WAVEX": field_of(b"data", "<I"),
    "AIFF": field_of(b"SSND", ">I"),
    "SVX": field_of(b"BODY", ">I"),
    "AU": field_of(b".snd\0\0\0\x18", ">I"),
    "CAF": field_of(b"\0data", ">Q"),
    "W64": field_of(W64_DATA, "<Q"),
    "RF64": field_of(b"ds64\x1c\0\0\0" + struct.pack("<Q", 8096), "<Q"),
    "VOC": lambda data, value: data[:27] + (value & 0xFFFFFF).to_bytes(3, "little") + data[30:],
    "NIST": lambda data, value: data.replace(b"count -i 4000", b"count -i 0   "),
}


@pytest.mark.parametrize("value", [0, 0x7FFFFFFF, 0x7FFFF000, 0x80000000, -1])
@pytest.mark.parametrize("container", FIELDS)
def test_sizes_that_streaming_programs_leave_are_unknown_and_all_is_read(
    container: str, value: int, tmp_path: Path
) -> None:
    if container in {"CAF", "W64", "RF64"} and value > 0:
        value = 2**63 - 1  # what 2 GB is to the others
    if container == "VOC" and value > 0:
        value = 0
    path = written(tmp_path, container, "PCM_16")
    path.write_bytes(FIELDS[container](path.read_bytes(), value))
    np.testing.assert_allclose(samples_of(path)[:FRAMES, 0], SIGNAL, atol=2**-15)
    assert len(samples_of(path)) == FRAMES


def test_size_beyond_two_gigabytes_is_believed_where_the_file_is_as_long() -> None:
    sound = Extent(44, 0x8000_0000, field=40, order="little")
    assert sound.check(44 + 0x8000_0000 + 100) == []


def test_cut_beyond_two_gigabytes_is_recognised_where_sizes_have_64_bits() -> None:
    with pytest.raises(CutError):
        Extent(104, 0x1_8000_0000, field=28, width=8).check(0x1_0000_0000)


@pytest.mark.parametrize("extra", [-100, -1, 8, 36, 44, 10**6])
def test_outer_size_of_a_wav_decides_nothing(extra: int, tmp_path: Path) -> None:
    path = written(tmp_path, "WAV", "PCM_16")
    data = bytearray(path.read_bytes())
    data[4:8] = struct.pack("<I", len(data) - 8 + extra)
    path.write_bytes(data)
    assert len(samples_of(path)) == FRAMES


@pytest.mark.parametrize("kept", [0, 5, 30])
def test_chunk_after_the_sound_may_be_cut(kept: int, tmp_path: Path) -> None:
    path = written(tmp_path, "WAV", "PCM_16")
    notes = b"LIST" + struct.pack("<I", 1000) + b"INFO" + bytes(996)
    path.write_bytes(path.read_bytes() + notes[:kept])
    assert len(samples_of(path)) == FRAMES


@pytest.mark.parametrize("name", [b"LIST", b"id3 "])
def test_chunks_before_the_sound_may_lack_the_byte_that_fills_them_up(
    name: bytes, tmp_path: Path
) -> None:
    path = written(tmp_path, "WAV", "PCM_16")
    data = path.read_bytes()
    odd = name + struct.pack("<I", 5) + b"INFO\1"
    path.write_bytes(data[:12] + odd + data[12:36] + odd * 2 + data[36:])
    assert np.corrcoef(samples_of(path)[:, 0], SIGNAL)[0, 1] > 0.999
    with pytest.raises(AudioError, match="5000 of 8000 bytes"):
        samples_of(cut(path, path.stat().st_size - 3000))


@pytest.mark.parametrize("name", [b"cue ", b"JUNK", b"data"])
def test_the_byte_that_fills_a_chunk_up_may_be_a_letter(name: bytes, tmp_path: Path) -> None:
    path = written(tmp_path, "WAV", "PCM_16")
    data = path.read_bytes()
    odd = b"LIST" + struct.pack("<I", 5) + b"INFO\1" + b"x"
    between = b"" if name == b"data" else name + struct.pack("<I", 4) + bytes(4)
    path.write_bytes(data[:36] + odd + between + data[36:])
    assert len(samples_of(path)) == FRAMES


def test_aiff_whose_sound_has_no_length_yet_is_read_whole(tmp_path: Path) -> None:
    path = written(tmp_path, "AIFF", "PCM_16")
    path.write_bytes(FIELDS["AIFF"](path.read_bytes(), 8))
    assert len(samples_of(path)) == FRAMES


def test_compressed_sphere_is_not_taken_for_a_cut_one(tmp_path: Path) -> None:
    path = written(tmp_path, "NIST", "PCM_16")
    data = path.read_bytes().replace(b"-s3 pcm", b"-s26 pcm,embedded-shorten-v2.00", 1)
    path.write_bytes(data[:1000] + data[1024:5000])
    with pytest.raises(AudioError, match="cannot be decoded"):
        samples_of(path)


def test_wav_without_sound_is_not_taken_for_a_streamed_one(tmp_path: Path) -> None:
    path = written(tmp_path, "WAV", "PCM_16", np.zeros(0))
    path.write_bytes(path.read_bytes() + b"LIST" + struct.pack("<I", 4) + b"INFO")
    with pytest.raises(AudioError, match="no samples"):
        samples_of(path)


@pytest.mark.parametrize("container", ["AIFF", "AU", "CAF", "FLAC", "MAT5", "SDS", "W64", "WAV"])
def test_damaged_header_is_read_or_named_but_never_ends_otherwise(
    container: str, tmp_path: Path
) -> None:
    path = written(tmp_path, container, "PCM_16")
    whole, draw, named = path.read_bytes(), np.random.default_rng(0), 0
    for _ in range(60):
        data = bytearray(whole)
        for at in draw.integers(0, 120, 3):
            data[at] = draw.choice([0, 1, 127, 128, 255])
        path.write_bytes(data)
        try:
            samples_of(path)
        except AudioError as error:
            named += path.name in str(error)
    assert named > 5


def test_file_without_a_header_is_refused_with_what_it_lacks(tmp_path: Path) -> None:
    path = tmp_path / "speech.raw"
    path.write_bytes(bytes(1000))
    with pytest.raises(AudioError, match="no header that gives its rate"):
        samples_of(path)

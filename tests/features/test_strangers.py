"""Files under the name of an audio file that are something else: named, with the way out."""

from __future__ import annotations

from pathlib import Path

import pytest

from ser.errors import AudioError
from ser.features.audio import load

KINDS = {
    b"version https://git-lfs.github.com/spec/v1\n": "pointer of git-lfs.*git lfs pull",
    b"/annex/objects/SHA256E-s1--a.wav\n": "pointer of git-annex.*git annex get",
    b"\n\n<HTML><body>Please log in</body>": "a web page; the download went wrong",
    b"<!doctype html>": "a web page",
    b"\xef\xbb\xbf<?xml version='1.0'?><Error/>": "XML",
    b'{"error": "not found"}': "JSON",
    b"\x1f\x8b\x08\0": "a gzip archive; unpack it",
    b"PK\x03\x04\x14\0": "a zip archive; unpack it",
    bytes(257) + b"ustar\0": "a tar archive; unpack it",
    b"\x93NUMPY\x01\0": r"NumPy; write it as WAV",
    b"#EXTM3U\na.wav\n": "a list of other files",
    b"\0\0\0\x20ftypM4A ": r"is MP4 .*convert it to WAV \(ffmpeg -i IN OUT\.wav\)",
    b"\x1aE\xdf\xa3\x9fB\x86\x81": "is WebM or Matroska.*ffmpeg",
    b"\xff\xf1\x50\x80\x02\x1f\xfc": "is AAC.*ffmpeg",
    b"\xff\xf9\x50\x80\x02\x1f\xfc": "is AAC.*ffmpeg",
    b"RIFF\x10\0\0\0AVI LIST": "is AVI.*ffmpeg",
    b"#!AMR\n": "is AMR.*ffmpeg",
    b"wvpk\0": "is WavPack.*ffmpeg",
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11": "is Windows Media.*ffmpeg",
    b"once upon a time": r"cannot be decoded .*If a player plays it, convert it to WAV \(ffmpeg",
}


@pytest.mark.parametrize("content", KINDS, ids=lambda content: KINDS[content][:20])
def test_what_lies_under_the_name_of_audio_is_named_with_the_way_out(
    content: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "03a01Fa.wav"
    path.write_bytes(content + b"\n")
    with pytest.raises(AudioError, match=KINDS[content]) as error:
        load(path, 16_000)
    assert str(path) in str(error.value)

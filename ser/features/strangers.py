"""Files under the name of an audio file that are something else, known by their first bytes."""

from __future__ import annotations

HEAD = 512  # bytes by which each of these is known
CONVERT = "convert it to WAV (ffmpeg -i IN OUT.wav)"
AGAIN = "the download went wrong, get it again"
UNPACK = "unpack it"

NO_AUDIO = {
    b"version https://git-lfs.github.com/": "a pointer of git-lfs; fetch the audio: git lfs pull",
    b"/annex/objects/": "a pointer of git-annex; fetch the audio: git annex get",
    b"\0\x05\x16\x07": "a file of macOS about another file; remove it",
    b"PK\x03\x04": f"a zip archive; {UNPACK}",
    b"\x1f\x8b": f"a gzip archive; {UNPACK}",
    b"BZh": f"a bzip2 archive; {UNPACK}",
    b"\xfd7zXZ": f"an xz archive; {UNPACK}",
    b"(\xb5/\xfd": f"a zstd archive; {UNPACK}",
    b"7z\xbc\xaf": f"a 7z archive; {UNPACK}",
    b"Rar!": f"a rar archive; {UNPACK}",
    b"\x93NUMPY": "an array of NumPy; write it as WAV, for example with soundfile.write",
    b"\x89HDF": "an HDF5 file; write its sound as WAV",
    b"#EXTM3U": "a list of other files; name one of them",
    b"[playlist]": "a list of other files; name one of them",
    b"MThd": "notes for instruments (MIDI); record their sound",
    b"%PDF": f"a PDF; {AGAIN}",
}
# What a server sends instead of a file, in any case of letters, after white space.
TEXTS = {
    b"<!doctype": f"a web page; {AGAIN}",
    b"<html": f"a web page; {AGAIN}",
    b"<?xml": f"XML; {AGAIN}",
    b"<error": f"XML; {AGAIN}",
    b"{": f"JSON; {AGAIN}",
    b"[": f"JSON; {AGAIN}",
}
# Audio that libsndfile does not read: magic bytes, and where they stand.
UNREAD = {
    (b"ftyp", 4): "MP4 (m4a, 3gp, mov)",
    (b"\x1aE\xdf\xa3", 0): "WebM or Matroska",
    (b"AVI ", 8): "AVI",
    (b"FLV", 0): "Flash video",
    (b"ADIF", 0): "AAC",
    (b"#!AMR", 0): "AMR",
    (b"wvpk", 0): "WavPack",
    (b"TTA1", 0): "TTA",
    (b"MAC ", 0): "Monkey's Audio",
    (b"MPCK", 0): "Musepack",
    (b"DSD ", 0): "DSD",
    (b".RMF", 0): "RealMedia",
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", 0): "Windows Media",
    (b"\x0b\x77", 0): "AC-3",
    (b"\x7f\xfe\x80\x01", 0): "DTS",
}
ADTS, ADTS_BITS = b"\xff\xf0", b"\xff\xf6"  # sync of AAC, and the bits that decide
TAR = (b"ustar", 257)


def stranger(head: bytes) -> str:
    """Say what a file is that libsndfile cannot read, and what to do with it.

    Args:
        head: Its first ``HEAD`` bytes.

    Returns:
        Such as ``"is a zip archive, not audio; unpack it"``; empty for what may be audio.
    """
    plain = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for table, begin in ((NO_AUDIO, head), (TEXTS, plain)):
        for magic, what in table.items():
            if begin.startswith(magic):
                return f"is not audio but {what}"
    if head.startswith(TAR[0], TAR[1]):
        return f"is not audio but a tar archive; {UNPACK}"
    for (magic, at), name in UNREAD.items():
        if head.startswith(magic, at):
            return f"is {name}, which libsndfile does not read; {CONVERT}"
    if bytes(a & b for a, b in zip(head, ADTS_BITS, strict=False)) == ADTS:
        return f"is AAC, which libsndfile does not read; {CONVERT}"
    return ""

"""Whether the files of a corpus are what it was published with, all that is wrong at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from ser.corpora import Corpus, Utterance
from ser.corpora.contract import checked, is_file
from ser.corpora.corpus import some
from ser.errors import AudioError, CorpusError
from ser.features.audio import decode, duration_of, load_utterance
from ser.features.store import content_hashes
from ser.system.counted import counted
from ser.system.few import NAMED, few


def list_utterances(corpus: Corpus, *, verify: bool) -> list[Utterance]:
    """List a corpus; where its names are refused, the faults of its files are said as well.

    Args:
        corpus: Corpus to list.
        verify: Whether to compare it with what was published.

    Raises:
        CorpusError: If the corpus is absent or incomplete, or lists what no corpus may.
    """
    try:
        if verify:
            corpus.verify()
        return checked(corpus.name, corpus.labels, corpus.utterances())
    except CorpusError as error:
        files = [u for u in corpus.readable() or () if isinstance(u, Utterance) and _is_there(u)]
        if not (parts := list(_faults(corpus, files, verify))):
            raise
        raise CorpusError(f"{error} Besides, {'; '.join(parts)}.") from error


def _faults(corpus: Corpus, utterances: Sequence[Utterance], verify: bool) -> Iterator[str]:
    """Yield what is wrong with the content of files, as parts of a sentence."""
    unheard = {u.id: reason for u in utterances if (reason := _unheard(u))}
    if unheard:
        first = [*list(unheard.values())[:NAMED], *["…"][: len(unheard) > NAMED]]
        yield f"{counted(len(unheard), 'file')} cannot be decoded: {'; '.join(first)}"
    if verify and (changed := set(_altered(corpus, utterances)) - unheard.keys()):
        files = ("file is not the published one", "files are not the published ones")
        yield f"{counted(len(changed), *files)}: {some(changed)}"


def _is_there(utterance: Utterance) -> bool:
    return isinstance(utterance.path, Path) and is_file(utterance.path)


def _unheard(utterance: Utterance) -> str:
    """Why a file cannot be decoded, by its header; empty if it can."""
    try:
        duration_of(utterance.path)
    except AudioError as error:
        return str(error).rstrip(".")
    return ""


def _altered(corpus: Corpus, utterances: Sequence[Utterance]) -> list[str]:
    with suppress(OSError, CorpusError):  # said already
        if corpus.checksums():
            hashes = content_hashes(utterances)
            ids = (utterance.id for utterance in utterances)
            return corpus.altered(dict(zip(ids, hashes, strict=True)))
    return []


def hashes_of(utterances: Sequence[Utterance]) -> dict[str, str]:
    """SHA-256 of the audio file of each utterance, by id.

    Raises:
        CorpusError: If a file cannot be read.
    """
    try:
        found = content_hashes(utterances)
    except OSError as error:
        raise CorpusError(
            f"{error.filename} cannot be read ({error.strerror}). Get a fresh copy of the corpus, "
            "or the right to read it."
        ) from error
    return dict(zip((u.id for u in utterances), found, strict=True))


def refuse_unheard(utterances: Iterable[Utterance]) -> None:
    """Refuse audio that nothing can be learnt from, such as silence, which is alike everywhere.

    Raises:
        AudioError: If a file cannot be used; names all of them.
    """
    bad = []
    for utterance in utterances:
        try:
            decode(utterance.path, utterance.start, utterance.end)
        except AudioError as error:
            bad.append(str(error))
    if bad:
        raise AudioError(few(bad, "\n  "))


def refuse_altered(
    corpus: Corpus, utterances: Sequence[Utterance], hashes: Mapping[str, str]
) -> None:
    """Refuse audio that differs from what the corpus was published with.

    Args:
        corpus: Corpus, which may know the checksums of its files.
        utterances: What it lists.
        hashes: SHA-256 of the audio file of each utterance, by id.

    Raises:
        CorpusError: If files differ; names the first ten, and says what ails each.
    """
    altered = set(corpus.altered(hashes))
    if not altered:
        return
    files = [utterance for utterance in utterances if utterance.id in altered]
    named = "; ".join(f"{u.id} ({_ailment(u, corpus.sample_rate)})" for u in files[:NAMED])
    more = " …" if len(files) > NAMED else ""
    raise CorpusError(
        f"{len(files)} of {len(utterances)} files of {corpus.name} are not the recordings that "
        f"its checksums belong to: {named}{more}. {corpus.remedy}"
    )


def _ailment(utterance: Utterance, sample_rate: int) -> str:
    try:
        load_utterance(utterance, sample_rate)
    except AudioError as error:
        return str(error).rstrip(".")
    return f"{utterance.path} can be heard, but its bytes differ"

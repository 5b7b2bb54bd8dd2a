"""Whether the audio of a corpus is the published one, by hashes that the store needs anyway."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ser.corpora import Corpus, Utterance
from ser.errors import AudioError, CorpusError
from ser.features.audio import load_utterance
from ser.system.few import NAMED


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

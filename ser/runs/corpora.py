"""Words of a command line that name several corpora, spelt so that Hydra composes each of them.

``data=[emodb,synthetic]`` and ``data=emodb test_data=synthetic`` become ``data=joined`` with the
settings of each corpus below ``data.corpora``. Where they are swept over, each job is spelt alone,
and until then what Hydra could not compose waits below ``test_data``.
"""

from __future__ import annotations

from collections.abc import Sequence

from ser.errors import ConfigError
from ser.runs.corpus_words import Named, is_spelt_here, key_of, last, named, parts

EACH = "each"  # test_data=each: of the corpora that a sweep trains on
# Settings that no corpus has of its own.
OF_ALL = ("batch_size", "balance", "group_by_length", "duplicates", "cache")
JOINT = (*OF_ALL, "classes", "corpora", "emotions", "name", "test", "verify")
LEARNT, TESTED, OF = "learnt", "tested", "of"  # below test_data, while it waits
WAITING, ITSELF = "test_data.corpus", "test_data.itself."
SPELT_HERE = ("data", "test_data", WAITING)  # words that name corpora
NEW_SPEAKERS = "cv=speaker_kfold"  # how a corpus of a matrix is tested by itself


def spell_corpora(words: Sequence[str]) -> list[str]:
    """Spell words that name several corpora, or a table; others stay as they are.

    Args:
        words: Words of a command line.

    Raises:
        ConfigError: If corpora are named that cannot be trained on and tested so.

    Example:
        >>> spell_corpora(["data=[emodb,synthetic]"])
        ['data=joined', '+data@data.corpora.emodb=emodb', '+data@data.corpora.synthetic=synthetic']
    """
    learnt, tested = last(words, "data"), last(words, "test_data", WAITING)
    if tested is None and not is_spelt_here(learnt or ""):
        return list(words)
    if tested == EACH or any(len(parts(value or "")) > 1 for value in (learnt, tested)):
        return _waiting(words, learnt or "", tested)
    if learnt is None:
        raise ConfigError(
            f"test_data={tested} needs data=…, the corpus to train on: data=emodb "
            f"test_data={tested}."
        )
    return _Spelling(words, named(learnt), named(tested or "")).words()


def spell_job(words: Sequence[str]) -> list[str]:
    """Spell the words of one job of a sweep.

    A corpus that is to be tested by itself has folds of new speakers, or the regime that was given.

    Raises:
        ConfigError: As ``spell_corpora``.
    """
    learnt, tested = last(words, "data"), last(words, "test_data", WAITING)
    if tested is None or learnt != tested:
        return spell_corpora(words)
    own = [word.lstrip("+").removeprefix(ITSELF) if ITSELF in word else word for word in words]
    regime = [] if last(own, "cv") else [NEW_SPEAKERS]
    return _Spelling([*own, *regime], named(learnt), []).words()


def against_each(words: Sequence[str]) -> list[str]:
    """Put the corpora that a sweep trains on for ``test_data=each``.

    Where corpora are tested by themselves too, ``cv`` is the regime of these jobs.

    Raises:
        ConfigError: If it trains on none.
    """
    learnt, tested = last(words, "data"), last(words, "test_data", WAITING)
    if tested is None:
        return list(words)
    if learnt is None:
        raise ConfigError(
            f"test_data={tested} tests what was trained on other corpora; name them, as "
            "'data=emodb,synthetic'."
        )
    chosen = learnt if tested == EACH else tested
    alone = [word for word in words if key_of(word) not in ("test_data", WAITING)]
    if set(parts(learnt)) & set(parts(chosen)):
        alone = [
            f"++{ITSELF}{word.lstrip('+')}" if f"{key_of(word)}.".startswith("cv.") else word
            for word in alone
        ]
    return [*alone, f"+{WAITING}={chosen}"]


class _Spelling:
    """Spells the words of one training.

    Args:
        words: Words of a command.
        learnt: Corpora that are trained on.
        tested: Corpus that is tested, or none.
    """

    def __init__(
        self, words: Sequence[str], learnt: Sequence[Named], tested: Sequence[Named]
    ) -> None:
        self.given = words
        self.learnt, self.tested = learnt, tested
        self.corpora = [*learnt, *tested]
        self.names = [corpus.name for corpus in self.corpora]
        for corpus in self.corpora:
            if self.names.count(corpus.name) > 1:
                raise ConfigError(
                    f"{corpus.name} is named twice, and is either trained on or tested; to test it "
                    "on its own speakers, leave one out and pass cv=speaker_kfold. Where two "
                    f"corpora are meant, give them names: {_renamed(corpus)}."
                )
        if len(tested) > 1:
            raise ConfigError("test_data takes one corpus; with -m, several one by one.")

    def words(self) -> list[str]:
        """Words that Hydra composes; corpora stand where they were named, apart from options."""
        first = next(i for i, word in enumerate(self.given) if key_of(word) in SPELT_HERE)
        before, after = (
            [new for word in part for new in self._spelt(word)]
            for part in (self.given[:first], self.given[first:])
        )
        if not self.tested and len(self.corpora) == 1 and not any(map(_is_joint, before + after)):
            corpus = self.corpora[0]
            below = f"data.corpora.{corpus.name}."
            spelt = [*before, *corpus.words("data"), *after]
            return [word.replace(below, "data.", 1) for word in spelt]
        joined = (w for corpus in self.corpora for w in corpus.words(f"data.corpora.{corpus.name}"))
        return [*before, "data=joined", *joined, *self._test(), *after]

    def _test(self) -> list[str]:
        if not self.tested:
            return []
        test = self.tested[0].name
        regime = last(self.given, "cv")
        if regime not in (None, "corpus"):
            raise ConfigError(
                f"test_data={test} tests on all of {test}, so that cv={regime} has nothing to "
                "split; leave cv out."
            )
        return [f"data.test={test}", *(() if regime else ("cv=corpus",))]

    def _spelt(self, word: str) -> list[str]:
        key = key_of(word)
        value = word.partition("=")[2]
        if key in SPELT_HERE:
            return []
        corpus, own = self._meant(key)
        if not own:
            return [word]
        if corpus is None:  # of a job with other corpora
            return []
        return [_setting(corpus, own, value)]

    def _meant(self, key: str) -> tuple[str | None, str]:
        """Corpus that a setting is of, and what it is called there; two empty texts for others."""
        group, _, rest = key.partition(".")
        first, _, own = rest.partition(".")
        if group == "data":
            return self._of_data(first, own, rest)
        if group != "test_data":
            return "", ""
        if first == LEARNT:
            return self._only(own), own
        if f"{group}.{first}." == ITSELF:
            return None, own
        if first == OF:
            name, _, own = own.partition(".")
            return name if name in self.names else None, own
        return self.tested[0].name if self.tested else None, own if first == TESTED else rest

    def _of_data(self, first: str, own: str, rest: str) -> tuple[str, str]:
        if first in self.names and own:
            return first, own
        alone = first == "emotions" and len(self.learnt) == 1
        if self.tested and (alone or first not in JOINT) and rest:
            return self._only(rest), rest
        return "", ""

    def _only(self, own: str) -> str:
        if len(self.learnt) > 1:
            names = " or ".join(f"data.{corpus.name}.{own}" for corpus in self.learnt)
            raise ConfigError(f"data.{own} may be of several corpora; write {names}.")
        return self.learnt[0].name


def _setting(corpus: str, own: str, value: str) -> str:
    if own in OF_ALL:
        raise ConfigError(f"data.{corpus}.{own} is one setting for all; write data.{own}={value}.")
    if own.partition(".")[0] == "emotions":
        return f"++data.{own.replace('emotions', f'emotions.{corpus}', 1)}={value}"
    return f"data.corpora.{corpus}.{own}={value}"


def _waiting(words: Sequence[str], learnt: str, tested: str | None) -> list[str]:
    """Put aside, below ``test_data``, what is spelt for each job of a sweep."""
    names = {corpus.name for part in parts(f"{learnt},{tested or ''}") for corpus in named(part)}
    return [_put_aside(word, names, tested is not None) for word in words]


def _put_aside(word: str, names: set[str], crossed: bool) -> str:
    key, value = key_of(word), word.partition("=")[2]
    group, _, rest = key.partition(".")
    if key == "test_data":
        return f"+{WAITING}={value}"
    if group == "test_data" and key != WAITING:
        return f"++test_data.{TESTED}.{rest}={value}"
    first, _, own = rest.partition(".")
    if group == "data" and first in names and own:
        return f"++test_data.{OF}.{rest}={value}"
    if group == "data" and rest and crossed and (first not in JOINT or first == "emotions"):
        return f"++test_data.{LEARNT}.{rest}={value}"
    return word


def _is_joint(word: str) -> bool:
    """Whether a word sets what only joined corpora have."""
    return key_of(word).startswith(("data.classes", "data.emotions."))


def _renamed(corpus: Named) -> str:
    """Two corpora of one name, as words that tell them apart."""
    files = " data.a.file=… data.b.file=…" if corpus.choice == "table" else ""
    return f"data=[a:{corpus.choice},b:{corpus.choice}]{files}"

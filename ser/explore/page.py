"""The page of a corpus: one HTML file that needs nothing but itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ser.audit.lines import across, forms, lengths, odd
from ser.explore import sheets
from ser.explore.agreement import verdict
from ser.explore.drawings import LINES, draw_counts, draw_map, draw_spectrograms, draw_spread
from ser.explore.look import Look
from ser.explore.settings import Settings
from ser.explore.spectra import spectrograms
from ser.folds.duplicates import note as note_on
from ser.report.page import Entry as Line
from ser.report.page import framed
from ser.report.run_section import Card, Entry
from ser.report.sheets.sheet import Sheet
from ser.system.few import few
from ser.system.version import __version__

POINTS = "Each point is an utterance; what has like features is near."
ISLANDS = (
    " Where the colour of a speaker forms an island, a model that has heard that speaker knows "
    "more than it would of another."
)
BORDERS = (
    " Where corpora lie apart, a model can tell them by their sound, which is no emotion: "
    "normalise=corpus takes some of it out."
)
CAPTIONS = {"emotion": POINTS, "speaker": POINTS + ISLANDS, "corpus": POINTS + BORDERS}
SPREAD = "A box spans the middle half of the utterances, the stroke is their median, the line all."
EXAMPLES = (
    "One utterance of each emotion, of one speaker where one has them all: its first 4 s, up to "
    "8 kHz. What is 80 dB below the loudest place is black."
)
COUNTS = "How many utterances each speaker has of each emotion."


@dataclass(frozen=True)
class Part:
    """A section of the page.

    Args:
        key: Its id.
        title: Its heading.
        notes: Sentences.
        cards: Drawings.
        sheets: Tables.
        even: Whether all drawings are of one height, so that they stand beside each other.
    """

    key: str
    title: str
    notes: Sequence[str] = ()
    cards: Sequence[Card] = ()
    sheets: Sequence[Sheet] = ()
    even: bool = False


def page(look: Look, settings: Settings) -> str:
    """Build the page.

    Args:
        look: What was seen of the corpus.
        settings: What was asked for.
    """
    parts = list(parts_of(look, settings))
    contents = [Line(part.key, part.title) for part in parts]
    lead = (
        f"What {look.name} holds before anything is trained, by ser {__version__}. Counts, forms, "
        f"lengths and levels are those of all {len(look.utterances)} utterances; "
        f"{sampled(look, settings)}"
    )
    return framed(
        "corpus.html.j2",
        f"The corpus {look.name}",
        lead,
        contents,
        entries=strip(look),
        parts=parts,
    )


def sampled(look: Look, settings: Settings) -> str:
    """Say which utterances the map and the near-copies are of."""
    count, chosen = len(look.utterances), len(look.space.utterances)
    if chosen < len(look.heard) and settings.sample is not None and chosen == settings.sample:
        return (
            f"the map and near-copies those of {chosen} of them, drawn with the seed "
            f"{settings.seed} (sample=null takes all)."
        )
    left = f", but for {count - chosen} that are identical to others or cannot be used"
    return f"so are the map and near-copies{left if count > chosen else ''}."


def strip(look: Look) -> list[Entry]:
    """Show the numbers of the corpus at a glance."""
    seconds = sum(level.seconds for _, level in look.heard)
    sentences = len({u.sentence for u in look.utterances if u.sentence is not None})
    rates = sorted({level.form.rate for level in look.levels if level.form})
    shown = (
        "–"
        if not rates
        else " to ".join(f"{r / 1000:g}" for r in dict.fromkeys((rates[0], rates[-1])))
    )
    return [
        Entry("utterances", f"{len(look.utterances):,}"),
        Entry("emotions", str(len(look.labels))),
        Entry("speakers", str(len(look.speakers))),
        Entry("sentences", str(sentences or "–")),
        Entry("length", f"{seconds / 60:,.1f}", "min"),
        Entry("rate", shown, "kHz"),
    ]


def sentences(look: Look, settings: Settings) -> list[str]:
    """What a reader must know of the files, in sentences, for the terminal and the page."""
    faults = list(_faults(look))
    unusable = [f"files that cannot be used: {len(faults)}: {few(faults, '; ')}"] if faults else []
    pairs = look.space.pairs
    near = f"pairs of nearly identical files: {len(pairs) or 'none'}"
    same = note_on(look.duplicates, look.identical, kept=False) or ["identical files: none"]
    lacking = int((look.counts == 0).sum())
    empty = f"pairs of speaker and emotion without an utterance: {lacking} of {look.counts.size}"
    return [
        *(note.rstrip(".") for note in look.notes),
        forms(look.levels),
        lengths(look.levels),
        *unusable,
        *same,
        near,
        *across(pairs),
        *odd(look.levels, settings.near_silent, settings.clipped),
        *([empty] * bool(lacking)),
    ]


def _faults(look: Look) -> Iterator[str]:
    """Say in some words why each file cannot be used; the table of the page says what to do."""
    for utterance, level in zip(look.utterances, look.levels, strict=True):
        if level.fault:
            reason = level.fault.removeprefix(str(utterance.path)).partition("; ")[0]
            yield f"{utterance.id}{reason if reason.startswith(' ') else f': {reason}'}"


def parts_of(look: Look, settings: Settings) -> Iterator[Part]:
    """Yield the sections of the page."""
    said = [f"{line[0].upper()}{line[1:]}." for line in sentences(look, settings)]
    tables = [sheets.files(look)]
    tables += [make(look) for make in (sheets.faults, sheets.duplicates, sheets.near_copies)]
    yield Part("files", "Files", said, sheets=[table for table in tables if table.rows])
    near = verdict(look.space.speakers, look.space.emotions)
    yield Part("map", "Who is near to whom", [near], _maps(look), even=True)
    yield Part("groups", "Emotions and speakers", (), list(_groups(look)), _group_sheets(look))
    yield Part("examples", "Examples", [EXAMPLES], _examples(look, settings.seed), even=True)


def _examples(look: Look, seed: int) -> list[Card]:
    """Spectrograms in two drawings, the second of which may have one less."""
    pictures = spectrograms([u for u, _ in look.heard], look.labels, seed)
    half, stamp = -(-len(pictures) // 2), f"{look.name} · seed={seed}"
    parts = enumerate((pictures[:half], pictures[half:]))
    return [
        Card(", ".join(p.emotion for p in part), draw_spectrograms(part, f"examples-{i}", stamp))
        for i, part in parts
        if part
    ]


def _maps(look: Look) -> list[Card]:
    stamp = f"{look.name} · {look.features}"
    space = look.space
    cards = []
    for group, caption in CAPTIONS.items():
        names = [getattr(u, group) for u in space.utterances]
        if None in names:
            continue  # a corpus that was not joined to others
        drawn = draw_map(space.places, names, space.axes, f"map-{group}", stamp)
        cards.append(Card(f"Features by {group}", drawn, caption))
    return cards


def _groups(look: Look) -> Iterator[Card]:
    drawn = draw_counts(look.counts, look.speakers, look.labels, "corpus", look.name)
    cut = f" The first {LINES} of {len(look.speakers)} speakers are drawn."
    more = cut if len(look.speakers) > LINES else ""
    yield Card("Speakers and emotions", drawn, COUNTS + more, sheets.counts(look))
    spreads: dict[str, Any] = {"seconds": "length (s)", "power": "level (dB of full scale)"}
    for group in ("emotion", "speaker"):
        for what, words in spreads.items():
            title = f"{'Length' if what == 'seconds' else 'Level'} by {group}"
            drawn = draw_spread(look.by(group, what), words, f"{what}-{group}", look.name)
            yield Card(title, drawn, SPREAD + more * (group == "speaker"))


def _group_sheets(look: Look) -> list[Sheet]:
    return [sheets.groups(look, group) for group in ("emotion", "speaker")]

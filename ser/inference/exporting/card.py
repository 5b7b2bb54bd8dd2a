"""The model card: what a model is, how good, on whom, and what it must not be used for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from ser.inference.exporting.facts import Evidence, Facts
from ser.inference.fusion import ends_of
from ser.inference.naming import kinds

MISUSE = (
    "judging or deciding about people: hiring, schooling, credit, insurance, policing, health",
    "watching people who do not know of it, or have not agreed; in the European Union, inferring "
    "emotions at work and in schools is forbidden but for medical and safety reasons",
    "detecting lies, intentions or disorders, for which no emotion is evidence",
    "languages, ages, microphones and situations that were not in the corpus, without a test there",
)
UNTESTED = (
    "As one it was not tested, and folds of one run cannot be tested on its corpus, of which they "
    "have learnt every part between them: test it on other speech."
)
NEEDED = (
    "The package to import, `ser`, is that of the distribution `ser-bench`; `ser` on the public "
    "index is another project."
)
OBEYED = "\\`*_[]<>|#"
ACTED = {"EmoDB": "acted by ten actors, in German", "Synthetic": "made by a program, and no speech"}


def card(facts: Facts) -> str:
    """Write the card as Markdown, with the header that model hubs read.

    Args:
        facts: What is known of the model.
    """
    return "\n".join([*_header(facts), "", *_text(facts), ""])


def _header(facts: Facts) -> Iterator[str]:
    """Lines of YAML, whose values are written as JSON."""
    origin, evidence = facts.predictor.origin, facts.evidence
    fields: dict[str, Any] = {
        "library_name": "ser",
        "pipeline_tag": "audio-classification",
        "tags": ["speech-emotion-recognition", *dict.fromkeys(kinds(facts.predictor.model))],
        "license": "other",
        "license_name": "see-the-corpus",
        "datasets": [origin.corpus.lower()] if origin.corpus else [],
        "metrics": ["recall"],
    }
    if (
        evidence and evidence.folds == evidence.of and len(facts.files) == 1 and not facts.alarms
    ):  # what leaks, or was tested as parts alone, is for no table
        fields["model-index"] = [_result(facts, evidence)]
    yield "---"
    yield from (f"{name}: {json.dumps(value)}" for name, value in fields.items())
    yield "---"


def _result(facts: Facts, evidence: Evidence) -> dict[str, Any]:
    origin = facts.predictor.origin
    corpus = {"name": origin.corpus, "type": origin.corpus.lower(), "split": f"cv={origin.regime}"}
    figure = {"type": "recall", "name": "UAR", "value": round(evidence.uar, 4)}
    task = {"type": "audio-classification", "name": "speech emotion recognition"}
    result = {"task": task, "dataset": corpus, "metrics": [figure]}
    return {"name": facts.network, "results": [result]}


def _text(facts: Facts) -> Iterator[str]:
    predictor = facts.predictor
    origin = predictor.origin
    yield f"# {facts.network} for {', '.join(predictor.labels)}"
    for alarm in facts.alarms:
        yield f"\n> **WARNING. {_plain(alarm)}**"
    yield "\n## What it is\n"
    front_ends = dict.fromkeys(type(end).__name__ for end in ends_of(predictor))
    yield f"{facts.network} on {' and '.join(front_ends)}, which reads speech at"
    yield f"{predictor.sample_rate} Hz and gives a probability to each of its emotions. {NEEDED}"
    yield "No code in its files is executed:\n"
    yield '```python\nimport ser\n\nprint(ser.load("THIS FOLDER")(waveform, sample_rate))\n```'
    yield "\n## What it was trained on\n"
    acted = f", {ACTED[origin.corpus]}" if origin.corpus in ACTED else ""
    yield f"- Corpus: {_plain(origin.corpus) or 'not known'}{acted}"
    yield f"- Licence of the corpus: {_plain(facts.licence) or 'not known'}; this grants no more"
    yield f"- Citation: {_plain(facts.citation) or 'not known'}"
    held = "" if origin.fold is None else f"; fold {origin.fold} was held out"
    held = held or ("; each model by its own fold" if len(facts.files) > 1 else "")
    yield f"- Regime: cv={_plain(origin.regime) or 'not known'}{held}"
    yield f"- Protocol: {_plain(origin.protocol) or 'not known'}"
    for digest in facts.digests:
        yield f"- SHA-256 of the model file: `{digest}`"
    yield "\n## How good it is\n"
    yield from _figures(facts.evidence, predictor.labels)
    if len(facts.files) > 1:
        yield f"\nThis is the mean of {len(facts.files)} models. {UNTESTED}"
    yield "\n## What it must not be used for\n"
    yield from (f"- {use}" for use in MISUSE)


def _figures(evidence: Evidence | None, labels: Sequence[str]) -> Iterator[str]:
    if evidence is None:
        yield (
            "Not known: the model file did not lie in its run, or the files are of several runs. "
            "Test it before you use it."
        )
        return
    yield f"{evidence.sentence}; accuracy {evidence.accuracy:.1%}."
    yield "These are figures of all models of its run, each on its own held-out fold.\n"
    names = [_plain(label) for label in labels]
    yield f"| truth | {' | '.join(names)} |"
    yield f"| --- |{' ---: |' * len(names)}"
    for name, row in zip(names, evidence.confusion, strict=True):
        yield f"| {name} | {' | '.join(map(str, row))} |"


def _plain(text: str) -> str:
    """Text of a file, without what Markdown and HTML obey."""
    words = " ".join(text.split())
    return "".join(f"\\{sign}" if sign in OBEYED else sign for sign in words)

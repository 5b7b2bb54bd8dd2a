"""Features of a corpus: extracted once, kept on disk, memory-mapped ever after."""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path

import numpy as np
import torch

from ser.corpora.corpus import Utterance, some
from ser.errors import AudioError, ConfigError
from ser.features import FrontEnd
from ser.features.collected import Features
from ser.features.extraction import GROUP, View, extracted
from ser.features.seal import fault, seal
from ser.storage import cache_root, locked, sweep, usable, written_whole
from ser.system.digests import file_hash
from ser.system.source import source_digest, values_digest

LAYOUT = 2  # raised whenever decoding, resampling or the files change
VALUES, STARTS, FRONT_END = "values.f32", "starts.npy", "front_end.json"
FILES = (VALUES, STARTS, FRONT_END)

log = logging.getLogger(__name__)


def content_hashes(utterances: Sequence[Utterance]) -> list[str]:
    """SHA-256 of the audio file of each utterance, so that a changed file is noticed."""
    paths = list(dict.fromkeys(u.path for u in utterances))
    groups = [paths[i : i + GROUP] for i in range(0, len(paths), GROUP)]
    with ThreadPoolExecutor() as pool:
        found = pool.map(lambda group: [file_hash(path) for path in group], groups)
        known = dict(zip(paths, chain.from_iterable(found), strict=True))
    return [known[u.path] for u in utterances]


def extract(
    utterances: Sequence[Utterance],
    front_end: FrontEnd,
    hashes: Sequence[str],
    cache: Path | None = None,
    *,
    view: View | None = None,
    view_name: str = "original",
) -> Features:
    """Features of every utterance, from the store where they are there already.

    The store is keyed by the content of the audio, the settings and version of the front
    end, its source if it is not of this package, and the view; it appears whole or not at
    all, and of several processes that want it at once one builds and the others wait. What
    changed since it was written is noticed, and extracted again.

    Args:
        utterances: What to extract.
        front_end: How.
        hashes: ``content_hashes(utterances)``.
        cache: Folder of the store; None takes the user cache.
        view: Augmented copy to extract instead of the original, made from the clipped
            waveform ``(time,)``.
        view_name: Name of the view with its settings; it is a part of the key.

    Raises:
        AudioError: If a file cannot be decoded, or gives no finite features; nothing is
            written then.
        StorageError: If the store cannot be read or written.
        ConfigError: If the front end gives another shape than it should.
    """
    root = (cache or cache_root()) / "features"
    target = root / _key(utterances, front_end, hashes, view_name)
    if _damage(target) is not None:
        with locked(target.with_suffix(".lock")):
            damage = _damage(target)  # another process may have built it meanwhile
            if damage:
                log.warning("%s: %s. Its features are extracted again.", target, damage)
            if damage is not None:
                sweep(root)
                with written_whole(target) as draft:
                    _write(draft, utterances, front_end, view)
                    seal(draft, target.name, FILES)
    return _open(target, front_end)


def weights_digest(front_end: FrontEnd) -> str:
    """SHA-256 of all weights and buffers that a front end has in memory."""
    digest = hashlib.sha256()
    for name, weight in front_end.state_dict().items():
        content = weight.cpu().resolve_conj().reshape(-1).view(torch.uint8)
        digest.update(name.encode() + content.numpy().tobytes())
    return digest.hexdigest()


def _damage(target: Path) -> str | None:
    """What is wrong with a store; empty if it is absent, None if nothing is."""
    with usable(target):
        return fault(target, target.name, FILES) if os.path.lexists(target) else ""


def _key(
    utterances: Sequence[Utterance], front_end: FrontEnd, hashes: Sequence[str], view: str
) -> str:
    items = [(u.id, h, u.start, u.end) for u, h in zip(utterances, hashes, strict=True)]
    what = [LAYOUT, front_end.spec(), view, items]
    try:
        identity = json.dumps([*what, *_code_and_weights(front_end)], sort_keys=True)
    except TypeError as error:
        raise ConfigError(
            f"the settings of {type(front_end).__name__} are {front_end.settings()}, and {error}: "
            "keep plain numbers, strings and lists in the attributes named as its arguments."
        ) from error
    return hashlib.sha256(identity.encode()).hexdigest()[:32]


def _code_and_weights(front_end: FrontEnd) -> list[str]:
    """What else the numbers depend on, of a class that is not of this package."""
    source = source_digest(type(front_end))
    if source is None:
        return []
    return [source, weights_digest(front_end), values_digest(*_attributes(front_end))]


def _attributes(front_end: FrontEnd) -> Iterator[object]:
    """Class and public attributes of a front end and of its parts; those of PyTorch are private."""
    for name, part in front_end.named_modules():
        public = {key: value for key, value in vars(part).items() if not key.startswith("_")}
        held = {**public, **dict(part.named_buffers(recurse=False))}
        yield (name, type(part), {key: held[key] for key in held if key != "training"})


def _write(
    draft: Path, utterances: Sequence[Utterance], front_end: FrontEnd, view: View | None
) -> None:
    counts, faulty = [], []
    with (draft / VALUES).open("wb") as file:
        for utterance, frames in zip(
            utterances, extracted(utterances, front_end, view), strict=True
        ):
            counts.append(len(frames))
            if not len(frames) or not np.isfinite(frames).all():
                faulty.append(utterance.id)
            file.write(frames.data)
    if faulty:
        raise AudioError(
            f"{type(front_end).__name__} gives no finite features of {some(faulty)}, {len(faulty)} "
            f"of {len(counts)} utterances. Listen to them; remove them, or change features=…"
        )
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    np.save(draft / STARTS, starts)
    (draft / FRONT_END).write_text(json.dumps(front_end.spec(), indent=2))


def _open(target: Path, front_end: FrontEnd) -> Features:
    with usable(target):
        starts = torch.from_numpy(np.load(target / STARTS))
    values = torch.from_file(
        str(target / VALUES),
        shared=False,
        size=(target / VALUES).stat().st_size // 4,
        dtype=torch.float32,
    ).view(int(starts[-1]), -1)
    return Features(values, starts, int(starts.diff().max()), front_end.sequence)

"""Features of many utterances in their order, on every core that PyTorch may use."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from ser.corpora.corpus import Utterance
from ser.errors import AudioError
from ser.features import FrontEnd
from ser.features.audible import audible_clip
from ser.features.audio import load_utterance
from ser.features.frontend import AT_ONCE
from ser.features.shape import in_shape
from ser.features.threads import one_core_each
from ser.system.few import NAMED
from ser.system.terminal import steps

GROUP = 32  # utterances a task: more make longer batches of like lengths, fewer less to wait for
AHEAD = 2  # tasks that wait for each thread, which bounds memory for any corpus
View = Callable[[Tensor, Utterance], Tensor]
Frames = NDArray[np.float32]


def extracted(
    utterances: Sequence[Utterance], front_end: FrontEnd, view: View | None = None
) -> Iterator[Frames]:
    """Yield the frames of every utterance, in order, ``(frames, channels)`` each.

    Args:
        utterances: What to extract; about a hundred for each thread are in memory at a time.
        front_end: How.
        view: Augmented copy to extract instead of the original, made from the clipped
            waveform ``(time,)``.

    Raises:
        AudioError: If files cannot be decoded, or hold less than a window or silence where the
            front end reads; names all of them, once all were tried.
        ConfigError: If the front end gives another shape than it should.
    """
    items = steps(utterances, type(front_end).__name__)
    groups = iter(lambda: list(islice(items, GROUP)), [])
    bad: list[str] = []
    work = partial(_of_group, front_end=front_end, view=view, bad=bad)
    threads = torch.get_num_threads()
    with one_core_each(threads) as pool:  # one thread a group
        tasks = deque(pool.submit(work, group) for group in islice(groups, AHEAD * threads))
        while tasks:
            yield from tasks.popleft().result()
            tasks.extend(pool.submit(work, group) for group in islice(groups, 1))
    if bad:
        raise AudioError(_all_of(bad, len(utterances)))


@torch.inference_mode()
def _of_group(
    group: Sequence[Utterance], front_end: FrontEnd, view: View | None, bad: list[str]
) -> list[Frames]:
    """Frames of some utterances: threads wait for each other less over batches than over each.

    What is wrong with files joins ``bad``, after which there are no frames, only more to find.
    """
    clips = []
    for utterance in group:
        try:
            clips.append(_clip(utterance, front_end, view))
        except AudioError as error:
            bad.append(str(error))
    if bad:
        return []
    found: dict[int, Frames] = {}
    for rows in _batches([len(clip) for clip in clips]):
        found.update(zip(rows, _of_batch([clips[i] for i in rows], front_end), strict=True))
    return [found[i] for i in range(len(group))]


def _all_of(bad: Sequence[str], total: int) -> str:
    """One sentence of what is wrong with each file, the first ten of them if there are more."""
    if len(set(bad)) == 1:
        return bad[0]
    reasons = sorted(set(bad))
    listed = [*reasons[:NAMED], *["…"][: len(reasons) > NAMED]]
    return "\n  ".join([f"{len(bad)} of {total} utterances cannot be used:", *listed])


def _clip(utterance: Utterance, front_end: FrontEnd, view: View | None) -> Tensor:
    waveform = load_utterance(utterance, front_end.sample_rate)
    try:
        clip = audible_clip(waveform, front_end)[0][0]
    except AudioError as error:
        where = f"utterance {utterance.id} of {utterance.path}"
        raise AudioError(f"{where}: {error} Or leave it out of the corpus.") from error
    return clip if view is None else view(clip, utterance)


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Yield the places of like lengths, as many as fit into a cache when they are padded."""
    batch: list[int] = []
    for i in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and (len(batch) + 1) * lengths[i] > AT_ONCE:
            yield batch
            batch = []
        batch.append(i)
    yield batch


def _of_batch(clips: Sequence[Tensor], front_end: FrontEnd) -> list[Frames]:
    lengths = torch.tensor([len(clip) for clip in clips])
    batch = clips[0][None] if len(clips) == 1 else pad_sequence(list(clips), batch_first=True)
    frames = front_end.clipped_frames(lengths)
    features = in_shape(front_end, front_end.extract(batch, lengths), frames)
    own = zip(features, frames.tolist(), strict=True)
    return [values[:, :count].T.contiguous().numpy() for values, count in own]

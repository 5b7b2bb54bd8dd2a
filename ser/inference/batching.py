"""Many recordings through one model: in batches of like length, with the answers of one alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from ser.errors import AudioError
from ser.inference.prediction import Heard, Judge, Prediction, weight_of
from ser.inference.recordings import Recording, named, refuse_one, samples_of

MOST = 32  # utterances of a batch
WAITING = 2**24  # numbers of features that wait for their batch: 64 MB
NEAR = 0.8  # of the longest of a batch, which no other may be shorter than
MASKING = "ser.models."  # networks that leave padding out, unlike the published ones
PUBLISHED = "ser.models.published."

Answered = Prediction | AudioError


def batch(predictor: Judge, recordings: Iterable[Recording]) -> list[Prediction]:
    """Predict many recordings; each gets the answer that it gets alone, up to rounding.

    Args:
        predictor: What judges them.
        recordings: Paths, or pairs of a waveform and its rate.

    Raises:
        AudioError: If one is no audio, or the network would hear nothing in it; names it. Or if a
            single recording is passed in place of several.
        RunError: As for one alone.
    """
    refuse_one(recordings)
    found = []
    for number, (recording, answer) in enumerate(each_of(predictor, recordings), 1):
        if isinstance(answer, AudioError):
            name = named(recording, number)
            whole = str(answer) if name in str(answer) else f"{name}: {answer}"
            raise AudioError(whole) from answer
        found.append(answer)
    return found


def each_of(
    predictor: Judge,
    recordings: Iterable[Recording],
    read: Callable[[Recording], tuple[Any, int]] = samples_of,
) -> Iterator[tuple[Recording, Answered]]:
    """Predict recordings as they come, in their order; an error stands for what is no audio.

    Args:
        predictor: What judges them.
        recordings: Paths, or whatever ``read`` takes.
        read: Gives the samples of one, and their rate.
    """
    predictor.origin.check_alone()
    kept: list[Recording] = []
    waiting: list[Heard | AudioError] = []
    size = 0
    for recording in recordings:
        kept.append(recording)
        waiting.append(hear(predictor, partial(read, recording)))
        size += 0 if isinstance(waiting[-1], AudioError) else waiting[-1].features.numel()
        if len(kept) == MOST or size > WAITING:
            yield from zip(kept, answered(predictor, waiting), strict=True)
            kept, waiting, size = [], [], 0
    yield from zip(kept, answered(predictor, waiting), strict=True)


def hear(predictor: Judge, read: Callable[[], tuple[Any, int]]) -> Heard | AudioError:
    """Turn a recording into features; an error if it is no audio."""
    try:
        waveform, rate = read()
        with predictor.computing():
            return predictor.hear(waveform, rate)
    except AudioError as error:
        return error


def answered(predictor: Judge, heard: Sequence[Heard | AudioError]) -> list[Answered]:
    """Judge what was heard, in batches; errors stay where they are."""
    sound = {i: each for i, each in enumerate(heard) if not isinstance(each, AudioError)}
    found: dict[int, Answered] = {
        i: each for i, each in enumerate(heard) if isinstance(each, AudioError)
    }
    weight = weight_of(predictor.model)
    with predictor.computing():
        for places in _grouped(sound, _masks(predictor.model)):
            for i, shares in zip(places, _shares(predictor, sound, places, weight), strict=True):
                found[i] = predictor.ranked(shares, sound[i].notes)
    return [found[i] for i in range(len(heard))]


def _grouped(sound: dict[int, Heard], masks: bool) -> Iterator[list[int]]:
    """Put utterances of like length together; of one length where padding would be read."""
    places = sorted(sound, key=lambda i: (sound[i].features.shape[-1], i))
    group: list[int] = []
    for i in places:
        length = sound[i].features.shape[-1]
        least = length * (NEAR if masks else 1)
        if group and (len(group) == MOST or sound[group[0]].features.shape[-1] < least):
            yield group
            group = []
        group.append(i)
    if group:
        yield group


def _shares(
    predictor: Judge, sound: dict[int, Heard], places: Sequence[int], weight: Tensor
) -> list[list[float]]:
    heard = [sound[i] for i in places]
    width = max(each.features.shape[-1] for each in heard)
    features = torch.cat(
        [pad(each.features, (0, width - each.features.shape[-1])) for each in heard]
    )
    lengths = torch.cat([each.lengths for each in heard])
    return predictor.shares(features.to(weight), lengths.to(weight.device))


def _masks(model: Any) -> bool:
    """Whether padding changes no answer: of networks of this package, but for published ones."""
    if not isinstance(model, nn.Module):
        return True  # an estimator, which reads vectors
    kinds = {type(part).__module__ for part in model.modules() if hasattr(part, "probabilities")}
    ours = all(kind.startswith((MASKING, "ser.inference.")) for kind in kinds)
    return ours and not any(kind.startswith(PUBLISHED) for kind in kinds)

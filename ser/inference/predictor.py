"""A trained model with its front end: waveform in, emotion out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import chain
from math import isfinite
from typing import Any

import torch
from torch import Tensor, nn

from ser.errors import AudioError, RunError
from ser.features import FrontEnd, build_front_end
from ser.features.audible import audible_clip
from ser.features.audio import refuse_short, to_mono
from ser.features.voices import Scale, scaled, voice_scale
from ser.inference import batching
from ser.inference.answers import Answer
from ser.inference.fusion import ends_of
from ser.inference.gate import admit, mix
from ser.inference.notes import evened_by, notes_on, notes_on_channels, notes_on_peaks
from ser.inference.origin import Origin
from ser.inference.prediction import Heard, Model, Prediction, weight_of
from ser.inference.recordings import Recording, samples_of
from ser.inference.shield import Held, plain_torch, to_evaluation
from ser.inference.timeline import Timeline


class Predictor(nn.Module):
    """A trained model with its front end: waveform in, emotion out.

    Called, it judges one utterance of any rate, and says what is odd about it. Its answers depend
    on the waveform alone: neither autocast, default dtype, default device and gradient mode of
    whoever calls it, nor the number of threads that call it at once, nor the training mode of the
    model change them. ``forward`` is the bare function of a batch, which can be differentiated by
    the weights; ``ser.export`` writes it for other programs.

    Args:
        model: Network that was trained with a ``CorpusDataModule``, or a fitted estimator.

    Shape:
        - waveform: ``(batch, time)``, at ``sample_rate``
        - lengths: ``(batch,)``, samples of each utterance
        - output: ``(batch, emotions)``, probabilities in the order of ``labels``

    Raises:
        RunError: If the model does not know its front end, or its origin cannot be read.
    """

    def __init__(self, model: Model) -> None:
        super().__init__()
        if model.front_end is None:
            raise RunError(
                f"this {type(model).__name__} was not trained with a ser datamodule, so it does "
                "not say which features it takes; call it with features directly."
            )
        self.model = model
        with plain_torch(inference=False):
            self.front_end: FrontEnd = build_front_end(model.front_end)
        _check_fit(model, self.front_end)
        self.origin = Origin.read(model.origin)
        self.evened = evened_by(ends_of(self))
        self._evaluating = Held(partial(_evaluate, model))

    @property
    def labels(self) -> Sequence[str]:
        """Emotions in class order."""
        return self.model.labels

    @property
    def sample_rate(self) -> int:
        """Rate that ``forward`` takes waveforms at, in Hz."""
        return self.front_end.sample_rate

    @property
    def alarms(self) -> tuple[str, ...]:
        """Sentences on what makes the model worthless, or the figures of its run."""
        return self.origin.alarms

    def forward(self, waveform: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Give the probabilities of a batch of waveforms, unchecked and without notes.

        Args:
            waveform: Samples, of one channel and in ``[-1, 1]``.
            lengths: Samples of each utterance, the rest being padding; None if all are full.
        """
        weight, differentiated = weight_of(self.model), torch.is_grad_enabled()
        with plain_torch(weight.device, inference=False), self._evaluating():
            torch.set_grad_enabled(differentiated)  # plain_torch takes it back
            found = self.front_end.transform(self._at_front_end(waveform), lengths)
            features, frames = (part.to(weight.device) for part in found)
            return self.model.probabilities(features.to(weight), frames)

    def __call__(self, waveform: Any, sample_rate: int | None = None) -> Prediction:
        """Predict the emotion of one utterance.

        Args:
            waveform: Samples of any rate, as ``ser.inference.gate.admit`` takes them; or the path
                of a file, or a pair of samples and their rate.
            sample_rate: Rate of ``waveform``, in Hz; None for the other two.

        Shape:
            - waveform: ``(time,)``, ``(channels, time)`` or ``(time, channels)``

        Raises:
            AudioError: If it is no audio, or the network would hear nothing in it.
            RunError: If the model gives probabilities that are not finite, or was trained with
                ``normalise=speaker`` or ``=corpus`` and knows nothing of either.
        """
        self.origin.check_alone()
        recording = samples_of(waveform, sample_rate)
        with self.computing():
            return self._answer(self.hear(*recording))

    def of_speaker(
        self, recordings: Sequence[tuple[Any, int]], names: Sequence[str] = ()
    ) -> list[Prediction]:
        """Predict utterances of one speaker, scaled by all of them together.

        It is for models that were trained with ``normalise=speaker``, or with ``=corpus``, where
        they are those of one corpus. The answer for one utterance depends on the others, which
        should hold as many moods as the speaker, or the corpus, has.

        Args:
            recordings: Waveform and rate of each utterance, as for one alone.
            names: What errors call each; empty takes their numbers.

        Raises:
            AudioError: If one is no audio, or the network would hear nothing in it.
            RunError: If the model was trained without ``normalise=speaker``, there are fewer than
                two utterances, or the model gives probabilities that are not finite.
        """
        if not self.origin.transductive:
            raise RunError(
                "this model was trained without normalise=speaker and judges every file by itself; "
                "pass input=FILE, without speaker=one."
            )
        with self.computing():
            words = names or [f"recording {i}" for i, _ in enumerate(recordings, 1)]
            heard = [self._hear_named(*each) for each in zip(words, recordings, strict=True)]
            scale = voice_scale([each.cut for each in heard], self.front_end.sequence)
            return [self._answer(each, scale) for each in heard]

    def batch(self, recordings: Iterable[Recording]) -> list[Prediction]:
        """Predict a list of recordings, as ``ser.inference.batching.batch`` says."""
        return batching.batch(self, recordings)

    def timeline(
        self,
        recording: Any,
        sample_rate: int | None = None,
        *,
        window: float = 3.0,
        hop: float = 1.0,
        smoothing: float = 0.0,
        vad: str | None = None,
    ) -> list[Answer]:
        """Follow emotion over a long recording, as ``ser.inference.timeline.Timeline`` says."""
        return Timeline(self, window, hop, smoothing, vad)(recording, sample_rate)

    def stream(
        self,
        blocks: Iterable[Any],
        sample_rate: int,
        *,
        window: float = 3.0,
        hop: float = 1.0,
        smoothing: float = 0.0,
        vad: str | None = None,
    ) -> Iterator[Answer]:
        """Follow emotion in audio as it comes, as ``Timeline.stream`` says."""
        return Timeline(self, window, hop, smoothing, vad).stream(blocks, sample_rate)

    def _hear_named(self, name: str, recording: tuple[Any, int]) -> Heard:
        try:
            return self.hear(*recording)
        except AudioError as error:
            raise AudioError(f"{name}: {error}") from error

    @contextmanager
    def computing(self) -> Iterator[None]:
        """Keep a user's settings, and the training mode of the model, away meanwhile."""
        device = weight_of(self.model).device
        with plain_torch(device, inference=True), self._evaluating():
            yield

    def hear(self, waveform: Any, sample_rate: int) -> Heard:
        """Turn one utterance into features, while ``computing``.

        Raises:
            AudioError: If it is no audio, or the network would hear nothing in it.
        """
        channels, rate = admit(waveform, sample_rate)
        refuse_short("the waveform", "pass a whole utterance", channels.shape[-1], rate)
        mono = mix(channels)
        heard = to_mono(mono, rate, self.front_end.sample_rate)
        clip = self._audible(self._at_front_end(heard))
        features, lengths = self.front_end.transform_clips(*clip)
        far = notes_on(mono, rate, self.origin.heard, self.evened)
        notes = [*notes_on_channels(channels), *notes_on_peaks(channels), *far]
        return Heard(features, lengths, tuple(notes))

    def _answer(self, heard: Heard, scale: Scale | None = None) -> Prediction:
        weight = weight_of(self.model)
        features = heard.features if scale is None else scaled(heard.features, scale)
        shares = self.shares(features.to(weight), heard.lengths.to(weight.device))
        return self.ranked(shares[0], heard.notes)

    def ranked(self, shares: Sequence[float], notes: tuple[str, ...]) -> Prediction:
        """Put the probabilities of an utterance into order."""
        ranked = sorted(zip(self.labels, shares, strict=True), key=lambda pair: -pair[1])
        return Prediction(ranked[0][0], dict(ranked), notes)

    def shares(self, features: Tensor, lengths: Tensor) -> list[list[float]]:
        """Probabilities of a batch, checked.

        Raises:
            RunError: If they are not finite.
        """
        shares: list[list[float]] = self.model.probabilities(features, lengths).tolist()
        if not all(map(isfinite, chain.from_iterable(shares))):
            raise RunError(
                "the model gives probabilities that are not finite, so its weights are of no use; "
                "train it again with a lower model.learning_rate."
            )
        return shares

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Predictor:
        """Move all of it, but cast the model alone: spectra need the precision they are made in."""
        front_end: Any = self.front_end
        front_end._apply(partial(_moved, fn), recurse)
        model: Any = self.model
        if isinstance(model, nn.Module):
            model._apply(fn, recurse)  # type: ignore[no-untyped-call]
        return self

    def _at_front_end(self, waveform: Tensor) -> Tensor:
        """Move a waveform to where ``to`` has moved the front end."""
        own = next(self.front_end.buffers(), None)
        return waveform if own is None else waveform.to(own.device)

    def _audible(self, mono: Tensor) -> tuple[Tensor, Tensor]:
        """Clip a waveform as the front end does; refuse what a network would hear nothing in."""
        clips = {end: audible_clip(mono, end) for end in ends_of(self)}
        return clips.get(self.front_end) or self.front_end.clip(mono[None].float())


def _moved(fn: Callable[[Tensor], Tensor], tensor: Tensor) -> Tensor:
    moved = fn(tensor)
    return moved if moved.dtype == tensor.dtype else tensor.to(moved.device)


def _evaluate(model: Model) -> Callable[[], None]:
    return to_evaluation(model) if isinstance(model, nn.Module) else lambda: None


def _check_fit(model: Model, front_end: FrontEnd) -> None:
    """Refuse a front end that gives other features than the model was trained with."""
    takes, sequence = (getattr(model, name, None) for name in ("num_features", "sequence"))
    if takes != front_end.num_features or sequence not in (None, front_end.sequence):
        raise RunError(
            f"its {type(front_end).__name__} gives {front_end.num_features} numbers "
            f"{'a frame' if front_end.sequence else 'an utterance'}, and its "
            f"{type(model).__name__} was not trained on such; the file is damaged."
        )

"""What front ends with a pretrained, frozen encoder share: weights, device, layer and pooling."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from threading import RLock
from typing import Any

import torch
from torch import Tensor, nn

from ser.errors import ConfigError, check_choice
from ser.features.frames import frame_mask
from ser.features.frontend import FrontEnd
from ser.features.limits import require
from ser.features.pretrained.places import find_weights
from ser.features.pretrained.pooling import POOLINGS

SEQUENCE = "sequence"
RATE = 16_000  # Hz, of all of them
WINDOW, STEP = 0.025, 0.02  # s
ONE_AT_A_TIME = RLock()  # loading, and what runs on a GPU


class PretrainedEncoder(FrontEnd):
    """Base of the front ends that read a layer of a pretrained encoder.

    A subclass gives the size of the encoder and its network, and runs it in ``encode``. The network
    is loaded when the first utterance is extracted: none of it is, where features are stored.

    Args:
        weights: File or folder of the weights, or their SHA-256; None takes the usual ones.
        layer: Blocks after which the states are read.
        pooling: ``mean_std`` of the states over time, these and the means of ``thirds`` of it, or
            their ``sequence``.
        device: Where the encoder runs, such as ``cuda``; ``auto`` takes a GPU if there is one.
        duration: What is kept of an utterance at most, in seconds; None keeps all.
        trim: Drop what lies at the ends and is quieter than the loudest 25 ms by more than this, in
            dB; None keeps it.
        level: Level that each utterance is scaled to, in dB re full scale; None keeps its own.

    Attributes:
        digest: SHA-256 of the weights, which stands for them in ``settings``.

    Raises:
        ConfigError: If the weights are absent or do not fit, or an argument is unknown.
    """

    def __init__(
        self,
        weights: str | None,
        *,
        layer: int,
        pooling: str,
        device: str,
        duration: float | None,
        trim: float | None,
        level: float | None,
    ) -> None:
        super().__init__(RATE, window=WINDOW, hop=STEP, duration=duration, trim=trim, level=level)
        check_choice("pooling", pooling, (*POOLINGS, SEQUENCE))
        _check_device(device)
        self.weights, self.layer, self.pooling, self.device = weights, int(layer), pooling, device
        self.place = find_weights(weights, self._usual(), self._fetch, self._remedy())
        self.digest = self.place.digest
        width, layers = self._extent()
        require(
            0 <= self.layer <= layers,
            f"layer={layer} must be from 0 to {layers}, the last of this encoder.",
        )
        self.sequence = pooling == SEQUENCE
        self.num_features = width if self.sequence else width * POOLINGS[pooling][0]

    @property
    def follows(self) -> bool:
        """Whether its rate follows the corpus: that of its weights is fixed."""
        return False

    def settings(self) -> dict[str, Any]:
        """Return what decides the numbers: the digest of the weights, and not where they lie."""
        kept = {name: value for name, value in super().settings().items() if name != "device"}
        return {**kept, "weights": self.digest}

    def extract(self, waveform: Tensor, lengths: Tensor) -> Tensor:
        """Return the states, or what they are pooled to."""
        device = _resolved(self.device)
        with in_full_precision(device):
            network = self._loaded(device)
            states = self.encode(network, waveform.to(device), lengths.to(device))
            own = frame_mask(self._frames(lengths.to(device)), states.shape[1])[..., None]
            return self._pooled(states, own).to(waveform.device)

    def clipped_frames(self, lengths: Tensor) -> Tensor:
        """Return the frames that clips of ``lengths`` samples give; 1 for a vector."""
        return self._frames(lengths) if self.sequence else torch.ones_like(lengths)

    def encode(self, network: Any, waveform: Tensor, lengths: Tensor) -> Tensor:
        """Return the states of a layer.

        Args:
            network: What ``load`` gives.
            waveform: Samples, 0 beyond ``lengths``.
            lengths: Samples of each utterance.

        Shape:
            - waveform: ``(batch, time)``
            - output: ``(batch, frames, width)``; those beyond an utterance's own do not count
        """
        raise NotImplementedError

    def load(self) -> nn.Module:
        """Build the network up to the layer, with its weights, on the CPU."""
        raise NotImplementedError

    def _key(self) -> tuple[Any, ...]:
        """What tells this network from another of the same class."""
        return (self.digest, self.layer)

    def _extent(self) -> tuple[int, int]:
        """Width of the states, and number of layers."""
        raise NotImplementedError

    def _frames(self, lengths: Tensor) -> Tensor:
        """Frames of clips of ``lengths`` samples."""
        raise NotImplementedError

    def _usual(self) -> Sequence[Path]:
        """Where the usual weights lie, if they are on this machine."""
        raise NotImplementedError

    def _fetch(self) -> Path:
        """Get the usual weights."""
        raise NotImplementedError

    def _remedy(self) -> str:
        """How to get the usual weights by hand."""
        raise NotImplementedError

    def _loaded(self, device: torch.device) -> nn.Module:
        with ONE_AT_A_TIME, torch.inference_mode(False):
            return _network(_Recipe(self), device)

    def _pooled(self, states: Tensor, own: Tensor) -> Tensor:
        """Pool states ``(batch, frames, width)`` over those that are marked."""
        if self.sequence:
            return states.masked_fill(~own, 0.0).transpose(1, 2)
        _, pool = POOLINGS[self.pooling]
        return pool(states, own)


class _Recipe:
    """A front end as the key of its network, which others of the same settings share."""

    def __init__(self, front_end: PretrainedEncoder) -> None:
        self.load = front_end.load
        self.key = (type(front_end), *front_end._key())

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Recipe) and self.key == other.key


@lru_cache(maxsize=1)  # those of the largest fill a GPU
def _network(recipe: _Recipe, device: torch.device) -> nn.Module:
    return recipe.load().eval().requires_grad_(False).to(device)


def _resolved(device: str) -> torch.device:
    usable = torch.cuda.is_available()
    if device == "auto":
        return torch.device("cuda" if usable else "cpu")
    found = torch.device(device)
    require(
        usable or found.type != "cuda",
        f"device={device} needs a GPU that PyTorch can use, and there is none; choose auto or cpu.",
    )
    return found


def _check_device(device: str) -> None:
    try:
        torch.device("cpu" if device == "auto" else device)
    except (RuntimeError, TypeError) as error:
        raise ConfigError(
            f"device={device!r} is no device of PyTorch; choose auto, cpu or cuda."
        ) from error


@contextmanager
def in_full_precision(device: torch.device) -> Iterator[None]:
    """Compute in float32, whatever autocast and TF32 are set to for the training."""
    with torch.no_grad(), torch.autocast(device.type, enabled=False):
        if device.type != "cuda":
            yield
            return
        switches: tuple[Any, ...] = (torch.backends.cudnn, torch.backends.cuda.matmul)
        with ONE_AT_A_TIME:
            before = [switch.allow_tf32 for switch in switches]
            try:
                for switch in switches:
                    switch.allow_tf32 = False
                yield
            finally:
                for switch, value in zip(switches, before, strict=True):
                    switch.allow_tf32 = value

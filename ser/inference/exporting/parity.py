"""Does an exported model answer as the one that it was made from?"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from ser.errors import ExportError
from ser.inference.exporting.facts import shortest
from ser.inference.predictor import Predictor

TOLERANCE = 1e-4  # of a probability
SECONDS = (0.4, 1.0, 2.37, 5.1)
BATCHES = ((2,), (0,), (1, 3), (0, 2, 1))  # utterances, by their place in SECONDS

Function = Callable[[Tensor, Tensor], Tensor]


def deviation(predictor: Predictor, exported: Function) -> float:
    """Compare answers to sounds of several lengths, alone and in padded batches.

    Args:
        predictor: The model; each sound is given to it alone.
        exported: What was exported.

    Returns:
        The largest difference of a probability.

    Raises:
        ExportError: If it is larger than 1e-4, or something is not finite.
    """
    sounds = list(probes(predictor.sample_rate, 2 * shortest(predictor)))
    with torch.inference_mode():
        alone = [predictor.forward(sound[None])[0].cpu() for sound in sounds]
    found = 0.0
    for batch in BATCHES:
        answers = exported(*padded([sounds[i] for i in batch]))
        wanted = torch.stack([alone[i] for i in batch])
        far = (answers - wanted).abs().nan_to_num(nan=1.0).max().item()
        if answers.shape != wanted.shape or far > TOLERANCE:
            raise ExportError(
                f"the exported model differs from the one it was made from by {far:.2g} in a "
                f"probability, for {len(batch)} sounds at once, and {TOLERANCE:g} is allowed; "
                "nothing was written. Export to=safetensors, which ser.load reads."
            )
        found = max(found, far)
    return found


def probes(rate: int, least: int) -> Iterator[Tensor]:
    """Sounds like voices, of several lengths: harmonics that rise and fall, over noise.

    Args:
        rate: Their sampling rate, in Hz.
        least: Samples that a sound has at least.
    """
    draw = torch.Generator().manual_seed(0)
    for number, seconds in enumerate(SECONDS):
        length = max(round(seconds * rate), least)
        time = torch.arange(length) / rate
        pitch = 120.0 + 60 * number + 20 * torch.sin(4 * time)
        phase = 2 * torch.pi * pitch.cumsum(0) / rate
        voice = sum(torch.sin(k * phase) / k for k in range(1, 12))
        swell = 0.1 + torch.sin((5 + number) * time).square()
        yield 0.1 * swell * voice + 0.003 * torch.randn(length, generator=draw)


def padded(sounds: list[Tensor]) -> tuple[Tensor, Tensor]:
    """Put waveforms into a batch, with their lengths."""
    lengths = torch.tensor([len(sound) for sound in sounds])
    return torch.nn.utils.rnn.pad_sequence(sounds, batch_first=True), lengths

import os
from collections.abc import Callable
from pathlib import Path

import pytest
import soundfile
import torch
from torch import Tensor
from torchaudio.functional import resample

SYNTHETIC_RATE = 16_000
Speech = Callable[[int], Tensor]


def synthetic_vowel(seconds: float = 1.6) -> Tensor:
    """Harmonics of a gliding pitch under two formants, with a little seeded noise."""
    time = torch.arange(int(seconds * SYNTHETIC_RATE), dtype=torch.float64) / SYNTHETIC_RATE
    phase = 2 * torch.pi * (140 * time + 12 * torch.sin(2 * torch.pi * 1.5 * time))
    harmonics = torch.arange(1, 25, dtype=torch.float64)[:, None]
    hertz = harmonics * 140
    formants = torch.exp(-(((hertz - 700) / 250) ** 2)) + torch.exp(-(((hertz - 1700) / 300) ** 2))
    voice = ((0.02 + formants) * torch.sin(harmonics * phase)).sum(0)
    envelope = torch.sin(torch.pi * time / seconds) ** 0.5
    noise = torch.randn(len(time), generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    return (0.1 * voice * envelope + 1e-3 * noise).float()


@pytest.fixture(params=["vowel", "03a01Fa", "14a05Aa", "16b10Td"])
def speech(request: pytest.FixtureRequest) -> Speech:
    """Give a function from a rate in Hz to one utterance: synthetic, or a real one of EmoDB."""
    if request.param == "vowel":
        samples, rate = synthetic_vowel(), SYNTHETIC_RATE
    else:
        root = os.environ.get("SER_EMODB")
        if not root:
            pytest.skip("SER_EMODB is not set: it names the folder of EmoDB, which holds wav/")
        path = Path(root) / "wav" / f"{request.param}.wav"
        if not path.is_file():
            pytest.skip(f"{path} is absent: SER_EMODB must name a complete EmoDB")
        array, rate = soundfile.read(path, dtype="float32")
        samples = torch.from_numpy(array)
    return lambda sample_rate: resample(samples, rate, sample_rate)


@pytest.fixture
def vowel() -> Speech:
    """Give a function from a rate in Hz to the synthetic utterance."""
    return lambda sample_rate: resample(synthetic_vowel(), SYNTHETIC_RATE, sample_rate)

"""The vectors of openSMILE, which much of the field compares itself with."""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ser.errors import check_choice
from ser.features.frontend import FrontEnd
from ser.features.limits import require

SIZES = {"eGeMAPSv02": 88, "ComParE_2016": 6373}  # numbers of each set
SHORTEST = 0.06  # s; openSMILE gives no numbers of less


class OpenSmile(FrontEnd):
    """Functionals of openSMILE over a whole utterance, through the package ``opensmile``.

    openSMILE is free for research, teaching and private use, and not for commercial products; read
    its licence. An utterance of less than 60 ms is filled up with zeros.

    Args:
        feature_set: ``eGeMAPSv02``, 88 numbers, or ``ComParE_2016``, 6373.
        sample_rate: Sampling rate of the waveforms, in Hz.
        offset: What to drop at the start of each utterance, in seconds.
        duration: What to keep after the offset at most, in seconds; None keeps all.

    Shape:
        - waveform: ``(batch, time)``
        - output: ``(batch, num_features)``

    Raises:
        ConfigError: If the set is unknown, the package is not installed, or as ``FrontEnd`` says.

    References:
        Eyben et al., "The Geneva minimalistic acoustic parameter set (GeMAPS) for voice research
        and affective computing", TAFFC 7, 2016. https://doi.org/10.1109/TAFFC.2015.2457417
        Schuller et al., "The INTERSPEECH 2016 computational paralinguistics challenge",
        Interspeech 2016. https://doi.org/10.21437/Interspeech.2016-129
    """

    sequence = False

    def __init__(
        self,
        feature_set: str = "eGeMAPSv02",
        *,
        sample_rate: int = 16_000,
        offset: float = 0.0,
        duration: float | None = None,
    ) -> None:
        super().__init__(
            sample_rate, window=SHORTEST, hop=SHORTEST, offset=offset, duration=duration
        )
        check_choice("feature_set", feature_set, SIZES)
        require(
            find_spec("opensmile") is not None,
            f"feature_set={feature_set} needs openSMILE: pip install 'ser-bench[opensmile]', or in "
            "a clone pip install '.[opensmile]'. It is free for research, not for products.",
        )
        self.feature_set = feature_set
        self.num_features = SIZES[feature_set]

    @property
    def feature_names(self) -> list[str]:
        """Name each number, as openSMILE does."""
        names: list[str] = _smile(self.feature_set).feature_names
        return names

    def extract(self, waveform: Tensor, lengths: Tensor) -> Tensor:
        """Return the functionals."""
        pairs = zip(waveform.cpu().numpy(), lengths.tolist(), strict=True)
        vectors = [self._of(samples[:length]) for samples, length in pairs]
        return torch.from_numpy(np.stack(vectors)).to(waveform.device)

    def _of(self, samples: np.ndarray[Any, np.dtype[np.float32]]) -> Any:
        missing = max(self.window_length - len(samples), 0)
        return _smile(self.feature_set)(np.pad(samples, (0, missing)), self.sample_rate)[0, :, 0]


@lru_cache
def _smile(feature_set: str) -> Any:
    import opensmile

    return opensmile.Smile(feature_set=feature_set, feature_level="func")
